"""What the page on the census keeps of its long runs: six repairs, two grids, and ten splits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "houses.json"


def test_no_size_was_chosen_at_an_edge() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    for kind in ("leaves", "epochs"):
        errors = stored[kind]
        assert 0 < int(np.argmin(errors)) < len(errors) - 1, kind


def test_ten_splits_of_six_models_that_differ() -> None:
    splits = np.array(json.loads(STORED.read_text(encoding="utf-8"))["splits"])
    assert splits.shape == (10, 6)
    assert len(np.unique(splits[:, 1:], axis=0)) == 10
    median, linear, raw, trees, _, _ = splits.T
    assert (trees < raw).all()
    assert (raw < linear).all()
    assert (linear < median).all()


def test_the_program_as_printed_is_worst_and_both_repairs_together_are_best() -> None:
    design = json.loads(STORED.read_text(encoding="utf-8"))["design"]
    assert {name: len(set(errors)) for name, errors in design.items()} == dict.fromkeys(design, 5)
    assert len(design) == 6
    means = {name: float(np.mean(errors)) for name, errors in design.items()}
    assert max(means, key=means.__getitem__) == "as printed"
    assert min(means, key=means.__getitem__) == "all three"


def test_no_tree_was_chosen_at_an_edge_and_a_new_town_is_the_harder_question() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    district, town = (stored[f"new {kind}"] for kind in ("district", "town"))
    for run in district + town:
        for errors in run["tried"]:
            assert 0 < int(np.argmin(errors)) < len(errors) - 1
    errors = {"district": district, "town": town}
    with_place, without = np.array([[r["errors"] for r in runs] for runs in errors.values()]).T
    assert with_place.shape == without.shape == (20, 2)
    assert (with_place[:, 0] < with_place[:, 1]).all(), "a new town is harder in each split"
