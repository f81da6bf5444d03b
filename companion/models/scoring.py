"""How likely a model finds given texts: tokens, continuations, bits a byte."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from companion.data.byte_bpe import ByteLevelBPE
from companion.errors import CourseError
from companion.models.layers import Tensor

Floats = NDArray[np.float64]
Ids = Sequence[int] | NDArray[np.integer]


class Scorer:
    """A language model as a judge of texts, compiled once for each shape of batch.

    Args:
        model: gives logits ``(B, T, V)`` for tokens ``(B, T)``, those at a place by the tokens up
            to it alone: GPT-2 or Llama.
        batch_tokens: most tokens in a batch, padding included.
    """

    def __init__(self, model: keras.Model, batch_tokens: int = 1024) -> None:
        self.model, self.batch_tokens = model, batch_tokens
        self._judge = tf.function(self._log_chances, reduce_retracing=True)

    def _log_chances(self, ids: Tensor) -> Tensor:
        logits = tf.cast(self.model(ids[:, :-1]), tf.float32)
        return -tf.nn.sparse_softmax_cross_entropy_with_logits(ids[:, 1:], logits)

    def tokens(self, texts: Sequence[Ids]) -> list[Floats]:
        """Return the natural log-probability of each token but the first, for each text.

        Texts of like length are judged together. Padding stands behind a text, where no token of
        it looks.

        Raises:
            CourseError: a text of fewer than two tokens.
        """
        if any(len(text) < 2 for text in texts):
            raise CourseError("A text needs at least two tokens: one to read, one to judge.")
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        found: list[Floats] = [np.empty(0)] * len(texts)
        while order:
            longest = len(texts[order[-1]])
            rows = [order.pop() for _ in range(min(len(order), self._rows(longest)))]
            padded = np.zeros((len(rows), longest), np.int32)
            for line, i in zip(padded, rows, strict=True):
                line[: len(texts[i])] = texts[i]
            chances = self._judge(tf.constant(padded)).numpy().astype(float)
            for line, i in zip(chances, rows, strict=True):
                found[i] = line[: len(texts[i]) - 1]
        return found

    def _rows(self, length: int) -> int:
        return max(1, self.batch_tokens // length)

    def continuations(self, pairs: Sequence[tuple[Ids, Ids]]) -> Floats:
        """Return the log-probability of each second part after its first, shape ``(pairs,)``."""
        whole = self.tokens([[*before, *after] for before, after in pairs])
        return np.array(
            [line[-len(after) :].sum() for line, (_, after) in zip(whole, pairs, strict=True)]
        )

    def bits_per_byte(self, text: str, tokenizer: ByteLevelBPE, window: int = 512) -> float:
        """Return the bits that a perfect packer with this model would need for a byte of text.

        The text is cut into windows that are judged apart, so that each loses what came before; the
        first token of a window is given.

        Args:
            text: at least a few windows long.
            tokenizer: the model's own.
            window: tokens in a window.
        """
        ids = tokenizer.encode(text)
        windows = [ids[i : i + window] for i in range(0, len(ids), window)]
        windows = [part for part in windows if len(part) > 1]
        nats = -sum(line.sum() for line in self.tokens(windows))
        judged = sum(len(tokenizer.decode(part[1:]).encode()) for part in windows)
        return float(nats / math.log(2) / judged)
