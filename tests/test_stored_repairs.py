"""What the page on house prices keeps of its long run: seven versions, five seeds each."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "repairs.json"


def test_seven_versions_from_five_seeds_that_differ() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    versions = {name: runs for name, runs in stored.items() if name != "about"}
    assert len(versions) == 7
    for name, runs in versions.items():
        assert {key: len(set(values)) for key, values in runs.items()} == {
            "fresh": 5,
            "north": 5,
            "first": 5,
        }, name


def test_the_program_as_printed_is_worst_and_both_repairs_together_are_best() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    fresh = {name: np.array(runs["fresh"]) for name, runs in stored.items() if name != "about"}
    both = fresh.pop("all three")
    fresh.pop("all three, log price")  # no worse, and no better
    assert all((both < errors).all() for errors in fresh.values())
    worst = fresh.pop("as printed")
    assert all((worst > errors).all() for errors in fresh.values())
