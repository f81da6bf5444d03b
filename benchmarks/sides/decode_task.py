"""The task of `decoding`: sizes of the two models, the prompt, and how much to write."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SMALL = {
    "num_layers": 4,
    "num_heads": 4,
    "hidden_dim": 128,
    "intermediate_dim": 512,
    "vocab_size": 128,
    "max_sequence_length": 256,
}
SIZES: dict[str, dict[str, int]] = {"small": SMALL, "GPT-2 small": {}}
NEW_TOKENS = {"small": 200, "GPT-2 small": 48}


def prompt(vocab_size: int) -> NDArray[np.int64]:
    """Return one prompt of 16 tokens, ``(1, 16)``."""
    return np.random.default_rng(0).integers(0, vocab_size, (1, 16))
