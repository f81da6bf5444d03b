"""The interval of a recorded number: all runs inside it, and no printed digit moves there."""

from __future__ import annotations

from typing import Any

import pytest

from companion.results import Recorded
from tools.intervals import fault, interval, kept

CODE = "abc"


def runs(*values: Any, fmt: str = ".2f", step: float = 0) -> list[Recorded]:
    return [Recorded("ch01.x", value, fmt, step) for value in values]


def test_the_interval_holds_every_run_every_repeat_and_what_was_seen_before() -> None:
    entries = [*runs(0.5, 0.4), Recorded("ch01.x", 0.45, ".2f", 0, (0.3, 0.6))]
    assert interval(entries) == {"format": ".2f", "seen": [0.3, 0.6]}
    assert interval(entries, [0.1, 0.2])["seen"] == [0.1, 0.6]
    assert interval(runs(7, 7, fmt=",")) == {"format": ",", "seen": [7, 7]}


@pytest.mark.parametrize(
    ("values", "fmt", "step", "value", "told"),
    [
        ((0.391, 0.394), ".2f", 0, "0.39", ""),
        ((0.394, 0.396), ".2f", 0, "0.39", "0.39 or 0.40"),
        ((0.391, 0.394), "{:.2f} s", 0, "0.39 s", ""),
        ((0.391, 0.394), ".2f", 0, "0.40", "0.39 or 0.40"),
        ((43.6, 44.8), ".0f", 5, "45", ""),
        ((42.4, 44.8), ".0f", 5, "45", "40 or 45"),
        ((61888.1234, 61888.1234), ".3f", 0, "61888.123", ""),
        ((3, 3), "", 0, "3", ""),
        ((3, 4), "d", 0, "3", "3 or 4"),
        ((20640, 20640), ",", 0, "20,640", ""),
        (("north", "north"), "", 0, "north", ""),
        (("north", "south"), "", 0, "north", "north or south"),
    ],
)
def test_a_digit_that_moves_is_told(
    values: tuple[Any, ...], fmt: str, step: float, value: str, told: str
) -> None:
    entry = {"value": value, "code": CODE, **interval(runs(*values, fmt=fmt, step=step))}
    assert bool(fault(entry, CODE)) == bool(told)
    assert told in fault(entry, CODE)


def test_an_interval_stands_only_for_the_code_that_ran() -> None:
    entry = {"value": "0.39", "page": "01-page", "code": CODE, **interval(runs(0.391))}
    assert kept(entry, CODE) == {"format": ".2f", "seen": [0.391, 0.391], "code": CODE}
    assert kept(entry, "other") == {}
    assert "make portable" in fault(entry, "other")
    assert "make portable" in fault({"value": "0.39", "page": "01-page"}, CODE)
