"""What the page on finance keeps of the grid of its monthly refits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "refits.json"


def test_the_settings_of_the_page_are_the_best_and_no_size_is_at_an_edge() -> None:
    grid = np.array(json.loads(STORED.read_text(encoding="utf-8"))["reached"])
    assert grid.shape == (3, 4, 4, 5, 3), "back, leaves, rounds, years, months"
    means = grid.mean(axis=(3, 4))
    found = [np.unravel_index(one.argmax(), one.shape) for one in means]
    assert all(0 < size < 3 for i in (0, 2) for size in found[i]), "the two that are compared"
    best = (int(means.max(axis=(1, 2)).argmax()), *map(int, found[0]))
    assert best == (0, 1, 2), "one month back, 4 leaves, 160 rounds"
