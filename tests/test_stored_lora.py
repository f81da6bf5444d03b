"""What the page on assistants keeps of its long runs: thin matrices that teach SmolLM2 a rule."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "lora.json"
SEEDS = set(range(5))
DEALT = "all seven, rank 16, colours dealt at random"


def stored() -> dict[str, Any]:
    return dict(json.loads(STORED.read_text(encoding="utf-8")))


def tuned() -> dict[str, dict[float, float]]:
    """Return the nats on the words to tune on, by arm and rate, of the seed that tunes."""
    nats: dict[str, dict[float, float]] = defaultdict(lambda: defaultdict(float))
    for run in stored()["runs"]:
        if run["seed"] == 0 and run["arm"] != DEALT:
            nats[run["arm"]][run["rate"]] += run["tuning"]
    return nats


def test_no_rate_was_chosen_at_an_edge() -> None:
    assert len(tuned()) == 3
    for arm, nats in tuned().items():
        best = min(nats, key=nats.__getitem__)
        assert min(nats) < best < max(nats), arm


def test_each_arm_has_its_seeds_at_its_best_rate_and_none_was_run_twice() -> None:
    points = [(run["arm"], run["rate"], run["seed"]) for run in stored()["runs"]]
    assert len(set(points)) == len(points)
    best = {arm: min(nats, key=nats.__getitem__) for arm, nats in tuned().items()}
    best[DEALT] = best["all seven, rank 16"]
    for arm, rate in best.items():
        assert {s for a, r, s in points if (a, r) == (arm, rate)} == SEEDS, arm


def test_the_untouched_model_knows_no_rule_and_is_one_model() -> None:
    entries = stored()["untouched"]
    assert [entry["right"] for entry in entries] == [[0.0, 0.0]] * 2
    # Exchanged colours change what is right, but not what the model says of a text.
    assert entries[0]["bits"] == entries[1]["bits"]


def test_the_file_is_small() -> None:
    assert STORED.stat().st_size <= 60_000
