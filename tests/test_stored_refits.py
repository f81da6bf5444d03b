"""What the page on finance keeps of the grid of its monthly refits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "refits.json"


def test_the_settings_of_the_page_are_the_best_of_the_grid_and_inside_it() -> None:
    grid = np.array(json.loads(STORED.read_text(encoding="utf-8"))["reached"])
    assert grid.shape == (3, 3, 3, 3), "leaves, rounds, years, months"
    means = grid.mean(axis=(2, 3))
    assert np.unravel_index(means.argmax(), means.shape) == (1, 1), "8 leaves, 80 rounds"
