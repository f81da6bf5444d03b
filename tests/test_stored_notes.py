"""What the page on medicine keeps of its long run: a frozen BERT, five draws of notes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "notes.json"


def test_five_draws_of_two_sizes_and_more_notes_help() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    few, many = np.array(stored["auc"])
    assert len(set(few)) == len(set(many)) == 5, "each draw has notes of its own"
    assert 0.6 < few.mean() < many.mean() < 0.85
    assert 0.5 < stored["small"] < many.mean()
