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
SMOLLM2 = "SmolLM2-135M"  # real weights, in four tasks
ROUNDED = f"{SMOLLM2}, int8"
NEW_TOKENS = {
    "small": 200,
    "GPT-2 small": 48,
    SMOLLM2: 32,
    f"{SMOLLM2}, 8 texts": 32,
    f"{SMOLLM2} reads": 1,
    ROUNDED: 96,
}
PROMPTS = {f"{SMOLLM2}, 8 texts": (8, 16), f"{SMOLLM2} reads": (1, 512)}


def prompt(vocab_size: int, size: str) -> NDArray[np.int64]:
    """Return the task's prompts, ``(texts, tokens)``; one of 16 tokens if nothing is said."""
    shape = PROMPTS.get(size, (1, 16))
    return np.random.default_rng(0).integers(0, vocab_size, shape)


def counted(size: str) -> int:
    """Return how many tokens one piece of work reads or writes."""
    texts, tokens = PROMPTS.get(size, (1, 16))
    return tokens if size.endswith("reads") else texts * NEW_TOKENS[size]
