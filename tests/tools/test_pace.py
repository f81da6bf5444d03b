"""Stated minutes: a factor of two is the limit, at the pace of the machine."""

from __future__ import annotations

import pytest

from tools.pace import off_pace

OTHERS = {"02-y": 1.0, "03-z": 2.0, "04-w": 1.5, "05-v": 0.5}


@pytest.mark.parametrize("pace", [0.3, 1, 5])
@pytest.mark.parametrize(
    ("minutes", "times", "found"),
    [
        (1, 1, "fine"),
        (1, 8, "slow"),
        (1, 0.05, "quick"),
        (0.5, 16, "slow"),
        (0.5, 4, "fine"),
        (0.5, 0.1, "fine"),
    ],
)
def test_a_page_is_judged_at_the_pace_of_the_machine(
    pace: float, minutes: float, times: float, found: str
) -> None:
    seconds = {page: pace * 60 * stated for page, stated in OTHERS.items()}
    seconds |= {"05-v": pace * 3, "01-x": pace * 60 * minutes * times}
    slow, quick = off_pace({**OTHERS, "01-x": minutes}, seconds)
    assert (len(slow), len(quick)) == (found == "slow", found == "quick")
    assert all("01-x" in sentence for sentence in slow + quick)


def test_what_a_reader_gets_in_twice_the_stated_time_is_not_slow() -> None:
    seconds = {"01-x": 119.0, "02-y": 6.0, "03-z": 12.0, "04-w": 9.0}
    assert off_pace({**OTHERS, "01-x": 1}, seconds)[0] == []
    assert off_pace({**OTHERS, "01-x": 1}, seconds | {"01-x": 121.0})[0] != []


def test_of_two_pages_nothing_is_said() -> None:
    assert off_pace(
        {"01-x": 1, "02-y": 1, "03-z": 0.5}, dict.fromkeys(["01-x", "02-y", "03-z"], 1e4)
    ) == ([], [])
