"""What the pages on finance and entertainment keep of runs made beforehand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).resolve().parents[1] / "book" / "data"


def stored(name: str) -> dict[str, Any]:
    return dict(json.loads((DATA / name).read_text(encoding="utf-8")))


def test_five_worlds_of_cards_have_four_rivals_each() -> None:
    worlds = np.array(stored("cards.json")["worlds"])
    assert worlds.shape == (5, 4)
    assert ((worlds > 0) & (worlds < 1)).all()
    alone, wide, read, both = worlds.T
    # What the page says of each of the five worlds, and of its claim's rivals.
    assert (wide > alone).all()
    assert (wide > read).all()
    assert (both > read).all()


def test_five_transformers_beat_three_of_ten_for_every_first_weights() -> None:
    runs = stored("films.json")["runs"]
    assert [len(run) for run in runs] == [3_000] * 5
    assert set("".join(runs)) == {"0", "1"}
    recalls = [run.count("1") / 3_000 for run in runs]
    assert min(recalls) > 0.4, "the page says 0.5, in each of five runs"
    assert len(set(runs)) == 5, "each run began with other weights"
