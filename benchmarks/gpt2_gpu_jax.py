"""GPT-2 small on a GPU in bfloat16 through Keras' JAX backend: where JAX is and TensorFlow is not.

The course's own model, in one jitted step without state: weights and the optimizer's memory go in
and come out, and attention is one fused kernel. Run it alone: Keras has one backend a process.

The vocabulary costs most: for a product of 50,257 columns, an odd number, tensor cores have no fast
program, and a quarter of the step is lost in three of them. So the table gets rows of zeros up to a
multiple of 128, whose scores the loss leaves out: the function is the same. nanoGPT's way with
PyTorch, for the same card, is ``sides/gpt2_card_torch.py``.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
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

BATCH = int(os.environ.get("BATCH", "64"))
STEPS, ROUNDS, MATRIX = 10, 5, 8192
Kept = tuple[jax.Array, jax.Array, jax.Array]
State = tuple[list[jax.Array], list[jax.Array], list[jax.Array]]


def fused(layer: SelfAttention, x: jax.Array, **_: Any) -> jax.Array:
    """Do what ``SelfAttention.call`` does for a text read from left to right, in one kernel."""
    q, k, v = (jnp.swapaxes(part, 1, 2) for part in layer._heads(x))  # (B, T, h, d/h)
    kernel = "cudnn" if jax.default_backend() == "gpu" else "xla"
    mixed = jax.nn.dot_product_attention(q, k, v, is_causal=True, implementation=kernel)
    return layer._merge(jnp.swapaxes(mixed, 1, 2))


def wide(table: keras.layers.ReversibleEmbedding, x: jax.Array, reverse: bool = False) -> jax.Array:
    """Do what the table's ``call`` does, but score ``(B, T, R)`` for R rows, a multiple of 128."""
    if not reverse:
        return keras.layers.Embedding.call(table, x)
    rows = jnp.asarray(table.embeddings.value).astype(x.dtype)
    rows = jnp.pad(rows, ((0, -len(rows) % 128), (0, 0)))
    return x @ jax.lax.optimization_barrier(rows).T  # else the padding moves into the product


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def cross_entropy(logits: jax.Array, right: jax.Array, vocab_size: int) -> jax.Array:
    """Return the mean loss in nats of logits ``(B, T, R)``, of which the first V are tokens.

    Written with its slope, so that the logits, three thousand million numbers, are kept once and
    in half precision; the sums are single precision.
    """
    return _forward(logits, right, vocab_size)[0]


def _forward(logits: jax.Array, right: jax.Array, vocab_size: int) -> tuple[jax.Array, Kept]:
    places = jnp.arange(logits.shape[-1])
    scores = jnp.where(places < vocab_size, logits.astype(jnp.float32), -jnp.inf)
    total = jax.nn.logsumexp(scores, axis=-1)
    chosen = jnp.sum(jnp.where(places == right[..., None], scores, 0), axis=-1)
    return jnp.mean(total - chosen), (logits, total, right)


def _backward(vocab_size: int, kept: Kept, slope: jax.Array) -> tuple[jax.Array, None]:
    logits, total, right = kept
    places = jnp.arange(logits.shape[-1])
    shares = jnp.exp(logits.astype(jnp.float32) - total[..., None]) * (places < vocab_size)
    change = (shares - (places == right[..., None])) * (slope / total.size)
    return change.astype(logits.dtype), None


cross_entropy.defvjp(_forward, _backward)


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
        return cross_entropy(logits, ids[:, 1:], self.model.config.vocab_size)

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
    SelfAttention.call, keras.layers.ReversibleEmbedding.call = fused, wide
    config = GPT2Config(dropout=0.0)
    card = jax.devices()[0].device_kind
    reached = matmul_speed(MATRIX)
    speed = tokens_a_second(config, BATCH, STEPS, ROUNDS)
    used = speed * operations_a_token(config, config.max_sequence_length)
    print(f"{card}: {speed:,.0f} tokens/s, batches of {BATCH} x {config.max_sequence_length}")
    print(shares(card, used, reached))


if __name__ == "__main__":
    main()
