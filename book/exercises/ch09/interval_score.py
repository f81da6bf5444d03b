"""Score a forecast that is an interval."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def score(low, high, coverage, came):
    miss = max(low - came, came - high, 0)
    return high - low + 2 * miss / (1 - coverage)


@mistake("hit from miss")
def hit(low, high, coverage, came):
    return 0 if low <= came <= high else 1


@mistake("width alone")
def width(low, high, coverage, came):
    return high - low


@mistake("without the width")
def missed(low, high, coverage, came):
    return 2 * max(low - came, came - high, 0) / (1 - coverage)


@mistake("width alone")
def above(low, high, coverage, came):
    return high - low + 2 * max(came - high, 0) / (1 - coverage)


@mistake("leaves out")
def weighed(low, high, coverage, came):
    return high - low + 2 * max(low - came, came - high, 0) / coverage


def judge(answer: Any) -> None:
    cases = ((2, 8, 0.8, 9, 16), (2, 8, 0.8, 1.5, 11), (2, 8, 0.8, 5, 6), (3, 4, 0.95, 4.5, 21))
    for low, high, coverage, came, right in cases:
        outside = max(low - came, came - high, 0)
        causes = [
            (0 if outside == 0 else 1, "that tells hit from miss, and rewards endless intervals."),
            (high - low, "the width alone forgives every miss."),
            (right - (high - low), "without the width an endless interval is the best forecast."),
            (high - low + 2 * outside / coverage, "divide by what the interval leaves out."),
        ]
        number(
            called(answer, low, high, coverage, came, name="score"),
            right,
            causes=[cause for cause in causes if cause[0] != right],
            name="score",
        )
