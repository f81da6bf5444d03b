"""A family of small GPTs on a language whose entropy is known: how loss falls with size and data.

Each run trains one width on fresh text, seen once, and measures its loss in excess of the entropy.
The excess needs no sampled targets: the language's own probabilities p of the next token are known,
so it is the mean over held-out contexts of ``Σ p log(p / q)``, q being the model's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from companion.data import MarkovLanguage, ZipfLanguage
from companion.models.config import GPT2Config
from companion.models.gpt import GPT2

TEXT_LENGTH = 32
BATCH_TEXTS = 16
CHUNK_STEPS = 16
TOKENS_A_CHUNK = TEXT_LENGTH * BATCH_TEXTS * CHUNK_STEPS
HELD_OUT_TEXTS = 1024
HELD_OUT_SEED = 10**6
WARMUP_SHARE = 0.05


@dataclass(frozen=True)
class Run:
    """One trained model.

    Attributes:
        width: units of the stream between blocks, d.
        parameters: all trained numbers, N.
        tokens: read in training, each once, D.
        seed: of the weights and of the text.
        excess: loss above the entropy, in nats a token.
        accuracy: share of held-out places at which the model's likeliest token is the language's.
        ten_in_a_row: share of ten neighbouring places at which it is so ten times.
    """

    width: int
    parameters: int
    tokens: int
    seed: int
    excess: float
    accuracy: float
    ten_in_a_row: float


def sweep_language() -> ZipfLanguage:
    """Return the language of the sweep: 1,024 facts, whose frequencies span four powers of ten."""
    return ZipfLanguage(vocab_size=32, order=2, exponent=1.0, certainty=0.8, seed=0)


class Family:
    """One width of the family, compiled once and trained as often as needed.

    Args:
        language: what to learn.
        width: d, a multiple of 8: heads are 8 wide.
        jit_compile: compile with XLA.
    """

    def __init__(self, language: MarkovLanguage, width: int, jit_compile: bool = True) -> None:
        self.language, self.width = language, width
        self.config = GPT2Config(
            vocab_size=language.vocab_size,
            max_sequence_length=TEXT_LENGTH,
            num_layers=1,
            num_heads=width // 8,
            hidden_dim=width,
            intermediate_dim=4 * width,
            dropout=0.0,
            layer_norm_epsilon=1e-5,
        )
        self.model = GPT2(self.config)
        self.optimizer = keras.optimizers.Adam(1.0, beta_2=0.99)
        self.optimizer.build(self.model.trainable_variables)
        self._chunk = tf.function(self._train_chunk, jit_compile=jit_compile)
        self._probabilities = tf.function(lambda ids: tf.nn.softmax(self.model(ids)))

    def train(self, tokens: int, seed: int = 0) -> Run:
        """Train anew on about ``tokens`` tokens and judge; the count is rounded to whole chunks.

        Adam; the rate rises for the first 5 % of the steps and falls to zero along a half cosine,
        for each run over its own length (Hoffmann et al., 2022, § 3 on why). Its peak falls with
        the root of the width.
        """
        chunks = max(1, round(tokens / TOKENS_A_CHUNK))
        self._start_anew(seed)
        steps = chunks * CHUNK_STEPS
        done = (np.arange(steps) + 1) / steps
        rates = peak_rate(self.width) * np.minimum(
            done / WARMUP_SHARE, (1 + np.cos(np.pi * done)) / 2
        )
        for i in range(chunks):
            texts = self.language.sample_texts(
                CHUNK_STEPS * BATCH_TEXTS, TEXT_LENGTH + 1, seed=chunks * 1000 + i + 10**7 * seed
            ).reshape(CHUNK_STEPS, BATCH_TEXTS, -1)
            mine = rates[i * CHUNK_STEPS : (i + 1) * CHUNK_STEPS].astype(np.float32)
            self._chunk(tf.constant(texts), tf.constant(mine))
        excess, accuracy, row = self.judge()
        size = int(self.model.count_params())
        return Run(self.width, size, chunks * TOKENS_A_CHUNK, seed, excess, accuracy, row)

    def judge(self) -> tuple[float, float, float]:
        """Return excess loss, accuracy and ten-in-a-row on held-out texts; see :class:`Run`."""
        m, V = self.language.order, self.language.vocab_size
        texts = self.language.sample_texts(HELD_OUT_TEXTS, TEXT_LENGTH, seed=HELD_OUT_SEED)
        parts = [self._probabilities(tf.constant(part)).numpy() for part in np.split(texts, 4)]
        q = np.concatenate(parts)[:, m - 1 :]
        around = np.lib.stride_tricks.sliding_window_view(texts, m, axis=1)
        p = self.language.table[around @ V ** np.arange(m)[::-1]]
        right = q.argmax(axis=-1) == p.argmax(axis=-1)
        rows = np.lib.stride_tricks.sliding_window_view(right, 10, axis=1).all(axis=-1)
        excess = np.sum(p * (np.log(p) - np.log(q)), axis=-1).mean()
        return float(excess), float(right.mean()), float(rows.mean())

    def _start_anew(self, seed: int) -> None:
        keras.utils.set_random_seed(seed)
        self.model.set_weights(GPT2(self.config).get_weights())
        for variable in self.optimizer.variables:
            if variable is not self.optimizer.learning_rate:
                variable.assign(tf.zeros_like(variable))

    def _train_chunk(self, texts: Any, rates: Any) -> None:
        for i in tf.range(CHUNK_STEPS):
            # One index at a time: in a compiled loop XLA on the CPU reads `texts[i, :, 1:]` from 0.
            batch = texts[i]
            with tf.GradientTape() as tape:
                logits = self.model(batch[:, :-1], training=True)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(batch[:, 1:], logits)
                loss = tf.reduce_mean(losses)
            trainable = self.model.trainable_variables
            slopes = tape.gradient(loss, trainable)
            # The optimizer's own rate is 1; scaled gradients would be undone by Adam.
            self.optimizer.learning_rate.assign(rates[i])
            self.optimizer.apply(slopes, trainable)


def peak_rate(width: int) -> float:
    """Return the highest learning rate of a run of that width."""
    return float(0.08 / np.sqrt(width))
