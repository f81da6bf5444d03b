"""GPT-2 small on a GPU in bfloat16: tokens a second in training, and the share of the peak.

Through TensorFlow; ``gpt2_gpu_jax.py`` does the same where a card has JAX only.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import companion
from companion.models.config import GPT2Config
from companion.models.gpt import GPT2
from companion.training.loop import Runner

sys.path.insert(0, str(Path(__file__).parent / "sides"))
from gpt2_card import operations_a_token, shares

BATCH = int(os.environ.get("BATCH", "16"))
STEPS, ROUNDS, MATRIX = 10, 5, 8192


def cross_entropy(y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    return tf.nn.sparse_softmax_cross_entropy_with_logits(y, tf.cast(logits, tf.float32))


def tokens_a_second(config: GPT2Config, batch: int, steps: int, rounds: int) -> float:
    """Train on random tokens in mixed precision; return the median speed, without compiling."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    companion.seed(0)
    length = config.max_sequence_length
    rng = np.random.default_rng(0)
    ids = rng.integers(0, config.vocab_size, (steps * batch, length + 1)).astype(np.int32)
    adamw = keras.optimizers.AdamW(6e-4, weight_decay=0.1, global_clipnorm=1.0)
    runner = Runner(GPT2(config), ids[:, :-1], ids[:, 1:], adamw, cross_entropy, True)
    order, seconds = np.arange(len(ids)), []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        runner.epoch(order, batch, 0)  # reads the loss, so it waits for the device
        seconds.append(time.perf_counter() - start)
    return steps * batch * length / float(np.median(seconds[1:]))


def matmul_speed(size: int) -> float:
    """Return operations a second of one large bfloat16 product: what the card gives in practice."""
    a = tf.cast(tf.random.normal((size, size)), tf.bfloat16)

    @tf.function(jit_compile=True)
    def products(x: tf.Tensor) -> tf.Tensor:
        for _ in tf.range(20):
            x = tf.matmul(x, a) / size
        return x[0, 0]

    float(products(a))
    start = time.perf_counter()
    float(products(a))
    return 20 * 2 * size**3 / (time.perf_counter() - start)


def main() -> None:
    """Print the speed and the shares, or that there is no GPU."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        print("skipped: training GPT-2 small in bfloat16 needs a GPU, and there is none here.")
        return
    name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "a GPU")
    config = GPT2Config(dropout=0.0)
    reached = matmul_speed(MATRIX)
    speed = tokens_a_second(config, BATCH, STEPS, ROUNDS)
    used = speed * operations_a_token(config, config.max_sequence_length)
    print(f"{name}: {speed:,.0f} tokens/s, batches of {BATCH} x {config.max_sequence_length}")
    print(shares(name, used, reached))


if __name__ == "__main__":
    main()
