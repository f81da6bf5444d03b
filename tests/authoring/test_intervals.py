"""The interval of a recorded number: all runs inside it, and no printed digit moves there."""

from __future__ import annotations

import numpy as np
import pytest

from companion.authoring.intervals import fault, interval, widened
from companion.results import Recorded, shown


def runs(*values: float | str, fmt: str = ".2f") -> list[Recorded]:
    return [Recorded("ch01.x", value, fmt) for value in values]


def test_the_interval_holds_every_run_and_every_repeat() -> None:
    values = np.random.default_rng(0).lognormal(0, 5, 500) * np.tile([1, -1], 250)
    for some in values.reshape(-1, 5):
        entries = [*runs(*some[:3]), Recorded("ch01.x", some[3], ".2f", (some[4],))]
        low, high = interval(entries)["seen"]
        assert low <= some.min()
        assert some.max() <= high
        assert high - low <= np.ptp(some) + 3e-5 * np.abs(some).max()


@pytest.mark.parametrize(
    ("values", "fmt", "value", "told"),
    [
        ((0.391, 0.394), ".2f", "0.39", ""),
        ((0.394, 0.396), ".2f", "0.39", "0.39 or 0.40"),
        ((0.391, 0.394), "{:.2f} s", "0.39 s", ""),
        ((0.391, 0.394), ".2f", "0.40", "0.39 or 0.40"),
        ((3.0, 3.0), "", "3", ""),
        ((3.0, 4.0), "", "3", "3 or 4"),
        ((20640.0,), ",.0f", "20,640", ""),
        (("north", "north"), "", "north", ""),
        (("north", "south"), "", "north", "north or south"),
    ],
)
def test_a_digit_that_moves_is_told(
    values: tuple[float | str, ...], fmt: str, value: str, told: str
) -> None:
    said = fault({"value": value, **interval(runs(*values, fmt=fmt))})
    assert bool(said) == bool(told)
    assert told in said


def test_a_number_without_an_interval_is_told() -> None:
    assert "make portable" in fault({"value": "3", "page": "01-background"})


def test_another_run_widens_and_another_format_starts_anew() -> None:
    entry = interval(runs(0.391, 0.393))
    assert widened(entry, *runs(0.392)) == entry
    assert widened(entry, *runs(0.396))["seen"] == [0.391, 0.396]
    assert widened(entry, *runs(0.392, fmt=".3f")) == {}
    assert widened({}, *runs(0.392)) == {}


def test_whole_numbers_keep_their_look() -> None:
    assert shown(interval(runs(7, fmt=""))["seen"][0], "") == "7"
