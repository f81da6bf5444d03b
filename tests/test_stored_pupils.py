"""What the page on education keeps of its long run: one network from five seeds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "pupils.json"


def test_five_seeds_that_differ_by_less_than_what_separates_the_rivals() -> None:
    bits = json.loads(STORED.read_text(encoding="utf-8"))["bits"]
    assert len(set(bits)) == 5
    assert np.ptp(bits) < 0.01
    assert min(bits) > 0.76


def test_the_pupils_are_those_whose_means_the_seeds_have() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert np.shape(stored["pupils"]) == (50, 20)
    assert abs(np.mean(stored["pupils"]) - np.mean(stored["bits"])) < 1e-4
