"""GPT-2 small on a GPU in bfloat16 through Keras' JAX backend: where JAX is and TensorFlow is not.

The course's own model, in one jitted step without state: weights and the optimizer's memory go in
and come out, and attention is one fused kernel. Run it alone: Keras has one backend a process.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

if "keras" not in sys.modules:  # `make bench` runs it after others, and then it is skipped
    os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import keras
import numpy as np

from companion.models.attention import SelfAttention
from companion.models.config import GPT2Config
from companion.models.gpt import GPT2

sys.path.insert(0, str(Path(__file__).parent / "sides"))
from gpt2_card import operations_a_token, shares

BATCH = int(os.environ.get("BATCH", "32"))
STEPS, ROUNDS, MATRIX = 10, 5, 8192
State = tuple[list[jax.Array], list[jax.Array], list[jax.Array]]


def fused(layer: SelfAttention, x: jax.Array, **_: Any) -> jax.Array:
    """Do what ``SelfAttention.call`` does for a text read from left to right, in one kernel."""
    q, k, v = (jnp.swapaxes(part, 1, 2) for part in layer._heads(x))  # (B, T, h, d/h)
    kernel = "cudnn" if jax.default_backend() == "gpu" else "xla"
    mixed = jax.nn.dot_product_attention(q, k, v, is_causal=True, implementation=kernel)
    return layer._merge(jnp.swapaxes(mixed, 1, 2))


class Trainer:
    """A model, its optimizer and a compiled run of steps over both as plain arrays."""

    def __init__(self, model: GPT2) -> None:
        self.model = model
        self.adamw = keras.optimizers.AdamW(6e-4, weight_decay=0.1, global_clipnorm=1.0)
        self.adamw.build(model.trainable_variables)
        self.run = jax.jit(self._steps, donate_argnums=0)

    def state(self) -> State:
        """Return weights, the model's other variables, and the optimizer's."""
        groups = (
            self.model.trainable_variables,
            self.model.non_trainable_variables,
            self.adamw.variables,
        )
        return tuple([v.value for v in group] for group in groups)  # type: ignore[return-value]

    def loss(self, weights: list[jax.Array], rest: list[jax.Array], ids: jax.Array) -> jax.Array:
        """Return the mean loss in nats of texts ``(B, T + 1)``."""
        logits, _ = self.model.stateless_call(weights, rest, ids[:, :-1], training=True)
        logits = logits.astype(jnp.float32)
        right = jnp.take_along_axis(logits, ids[:, 1:, None], axis=-1)[..., 0]
        return jnp.mean(jax.nn.logsumexp(logits, axis=-1) - right)

    def _steps(self, state: State, batches: jax.Array) -> tuple[State, jax.Array]:
        def step(state: State, ids: jax.Array) -> tuple[State, jax.Array]:
            weights, rest, memory = state
            loss, slopes = jax.value_and_grad(self.loss)(weights, rest, ids)
            weights, memory = self.adamw.stateless_apply(memory, slopes, weights)
            return (weights, rest, memory), loss

        return jax.lax.scan(step, state, batches)


def tokens_a_second(config: GPT2Config, batch: int, steps: int, rounds: int) -> float:
    """Train on random tokens in mixed precision; return the median speed, without compiling."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    keras.utils.set_random_seed(0)
    trainer, length = Trainer(GPT2(config)), config.max_sequence_length
    rng = np.random.default_rng(0)
    batches = jnp.asarray(rng.integers(0, config.vocab_size, (steps, batch, length + 1)))
    state, seconds = trainer.state(), []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        state, losses = trainer.run(state, batches)
        float(losses[-1])  # waits for the device
        seconds.append(time.perf_counter() - start)
    return steps * batch * length / float(np.median(seconds[1:]))


def matmul_speed(size: int) -> float:
    """Return operations a second of one large bfloat16 product: what the card gives in practice."""
    a = jax.random.normal(jax.random.key(0), (size, size), jnp.bfloat16)
    products = jax.jit(lambda x: jax.lax.fori_loop(0, 20, lambda _, x: x @ a / size, x)[0, 0])
    float(products(a))
    start = time.perf_counter()
    float(products(a))
    return 20 * 2 * size**3 / (time.perf_counter() - start)


def main() -> None:
    """Print the speed and the shares, or that there is no GPU."""
    if jax.default_backend() != "gpu" or keras.backend.backend() != "jax":
        print("skipped: needs a GPU that JAX sees, and Keras on JAX in a process of its own.")
        return
    SelfAttention.call = fused
    config = GPT2Config(dropout=0.0)
    card = jax.devices()[0].device_kind
    reached = matmul_speed(MATRIX)
    speed = tokens_a_second(config, BATCH, STEPS, ROUNDS)
    used = speed * operations_a_token(config, config.max_sequence_length)
    print(f"{card}: {speed:,.0f} tokens/s, batches of {BATCH} x {config.max_sequence_length}")
    print(shares(card, used, reached))


if __name__ == "__main__":
    main()
