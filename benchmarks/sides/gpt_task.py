"""The task of `gpt_training`: characters of Keras' source for a small GPT. Same for both sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from companion.data import CharTokenizer, keras_source, windows

LAYERS, HEADS, WIDTH, BLOCK, BATCH = 4, 4, 128, 64, 12
RATE, DECAY, CLIP, BETAS, EPSILON = 1e-3, 0.1, 1.0, (0.9, 0.99), 1e-8
CHECKED_STEPS, TIMED_STEPS = 20, 20


def batches() -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """Return inputs and targets ``(rows, BLOCK)`` and the size of the vocabulary."""
    text = keras_source()[:500_000]
    tokenizer = CharTokenizer(text)
    X, y = windows(tokenizer.encode(text), BLOCK)
    order = np.random.default_rng(0).permutation(len(X) // BATCH * BATCH)
    return X[order], y[order], tokenizer.vocab_size
