"""What the two GPU benchmarks share: peaks of cards, operations a token, and the shares."""

from __future__ import annotations

import re

from companion.models.config import GPT2Config
from companion.models.layout import count_parameters

# Dense bfloat16 operations a second by NVIDIA's data sheets: half of the figure "with sparsity".
PEAKS = {
    "H200": 989e12,
    "H100 NVL": 835e12,
    "H100 PCIe": 756e12,
    "H100": 989e12,
    "A100": 312e12,
    "L40S": 362e12,
    "L4": 121e12,
}


def operations_a_token(config: GPT2Config, length: int) -> float:
    """Return floating-point operations to train on one token.

    ``6 N + 12 L d t``: six for each weight that multiplies it (the token table once, as the output
    layer; positions only add), and those of attention (Chowdhery et al., 2022, appendix B; the
    masked half counts too, by custom).
    """
    weights = count_parameters(config) - config.max_sequence_length * config.hidden_dim
    return 6 * weights + 12 * config.num_layers * config.hidden_dim * length


def shares(card: str, used: float, reached: float) -> str:
    """Tell operations a second as shares of one large product's here and of the card's peak."""
    words = set(re.split("[ -]", card))  # "L4" is not "L40S"
    peak = next((peak for name, peak in PEAKS.items() if words >= set(name.split())), None)
    told = f"{used / peak:.0%} of the data sheet's peak" if peak else "its peak is not listed"
    return f"{used / 1e12:.0f} TFLOP/s, {used / reached:.0%} of one large product's here, {told}"
