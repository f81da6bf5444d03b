"""What chapter 1 and the page on attention keep of the GPTs that were trained beforehand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from companion.trial import paired_difference

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "readers.json"
LENGTHS = list(range(2, 10))
TRAINED = np.isin(LENGTHS, [3, 5, 7])


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    return dict(json.loads(STORED.read_text(encoding="utf-8")))


def test_four_readers_come_in_the_order_that_the_page_tells(stored: dict[str, Any]) -> None:
    narrow, wide, once, rote = (bits["held out"] for bits in stored["readers"].values())
    assert wide < narrow < once, "a wider one pays less, and so does more text"
    assert wide < rote < once, "a text read again is practice"
    rote_paid = list(stored["readers"].values())[3]
    assert rote_paid["fresh"] > rote_paid["little text"], "and it is overfitted"


def test_five_copiers_know_the_lengths_they_were_trained_on_and_no_others(
    stored: dict[str, Any],
) -> None:
    right = np.array([run["right"] for run in stored["copiers"]])
    assert right.shape == (5, len(LENGTHS))
    assert right[:, TRAINED].min() > 0.95
    assert right[:, ~TRAINED][:, 1:].max() < 0.5, "all but names of two letters"
    weight = np.array([run["weight"] for run in stored["copiers"]]).mean(axis=0)
    assert weight[TRAINED].min() > 0.8
    assert weight[~TRAINED][1:].max() < 0.4
    assert len({tuple(row) for row in right}) == 5, "each began with other weights"


def test_five_copiers_follow_the_name_that_is_shown(stored: dict[str, Any]) -> None:
    swapped = np.array([list(run["swapped"].values()) for run in stored["copiers"]])
    own, other, exchanged = swapped.T
    assert min(own.min(), exchanged.min()) > 0.9
    assert other.max() < 0.1


def test_the_gpt_of_one_play_has_five_epochs_and_twenty_parts(stored: dict[str, Any]) -> None:
    play = stored["one play"]
    assert len(play["losses"]) == 5
    assert (np.diff(play["losses"]) < 0).all()
    assert len(play["bits"]) == 20


def of_starts(stored: dict[str, Any], read: str, kind: str) -> NDArray[np.float64]:
    """Return the mean of five lines, for each start."""
    return np.array([run[read][kind] for run in stored["secrets"]]).mean(axis=1)


def test_five_starts_keep_planted_numbers_and_hardly_their_lines(stored: dict[str, Any]) -> None:
    own, others, mixed = (
        of_starts(stored, "planted", kind)
        for kind in stored["secrets"][0]["planted"]
        if kind != "cost"
    )
    never = of_starts(stored, "never planted", "its own number")
    assert own.shape == (5,)
    assert len(set(own)) == 5, "each began with other weights"
    assert (own > never + 1).all()
    assert paired_difference(own, never).low > 1
    assert 0 in paired_difference(own, others), "which belongs where, they hardly know"
    assert paired_difference(own, mixed).low > 0, "more than which digits occur"


def test_nobody_tells_a_planted_number_in_fifty_tries(stored: dict[str, Any]) -> None:
    costs = np.array([run["planted"]["cost"] for run in stored["secrets"]])
    assert costs.shape == (5, 5)
    assert 50 * 2.0 ** -costs.min() < 0.01


def test_an_exposure_is_that_of_a_rank_among_a_thousand(stored: dict[str, Any]) -> None:
    for run in stored["secrets"]:
        bits = np.array([run[read]["its own number"] for read in ("planted", "never planted")])
        ranks = 1000 / 2.0**bits
        # The stored bits have four digits.
        assert np.allclose(ranks, np.round(ranks), rtol=1e-4)
