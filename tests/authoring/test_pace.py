"""Stated minutes: a factor of two is the limit, and a shared machine is an excuse only so far."""

from __future__ import annotations

import pytest

from companion.authoring.pace import misstated


@pytest.mark.parametrize(
    ("minutes", "seconds", "sharing", "fine"),
    [
        (1, 60, 1, True),
        (1, 119, 1, True),
        (1, 121, 1, False),
        (1, 121, 2, True),
        (1, 241, 2, False),
        (1, 31, 1, True),
        (1, 29, 1, False),
        (1, 29, 2, False),
        (0.5, 3, 1, True),
        (0.5, 61, 1, False),
    ],
)
def test_a_factor_of_two_is_the_limit(
    minutes: float, seconds: float, sharing: float, fine: bool
) -> None:
    assert (misstated({"01-x": minutes}, {"01-x": seconds}, sharing) == ([], [])) is fine


def test_the_sentence_names_page_and_figures() -> None:
    stated, seconds = {"01-x": 1.5, "02-y": 1, "03-z": 2}, {"01-x": 300, "02-y": 60, "03-z": 50}
    (slow,), (quick,) = misstated(stated, seconds, 1)
    assert "01-x states 1.5 minutes and took 300 s" in slow
    assert "03-z states 2 minutes and took 50 s" in quick
