"""What the page on logistics keeps of its long run: three networks, four rates, five seeds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "traffic.json"


def networks() -> dict[str, dict[str, np.ndarray]]:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    del stored["about"]
    return {name: {key: np.array(v) for key, v in runs.items()} for name, runs in stored.items()}


def test_no_rate_was_chosen_at_an_edge() -> None:
    for name, runs in networks().items():
        assert runs["rates"].shape == (4, 3), "four rates, three seeds"
        assert 0 < runs["rates"].mean(axis=1).argmin() < 3, name


def test_one_forecast_a_patch_beats_one_vector_from_each_of_five_seeds() -> None:
    seeds = {name: runs["seeds"] for name, runs in networks().items()}
    assert {name: len(set(errors)) for name, errors in seeds.items()} == dict.fromkeys(seeds, 5)
    assert len(seeds) == 3
    assert max(seeds["CNN"]) < min(seeds["ViT, patches"])
    assert max(seeds["ViT, patches"]) < 1.03 < 1.3 < min(seeds["ViT, one token"])
