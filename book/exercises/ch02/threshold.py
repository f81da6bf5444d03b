"""The probability from which stopping a pump is cheaper."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def threshold(missed, needless):
    return needless / (needless + missed)


@mistake("cost the same")
def half(missed, needless):
    return 0.5


@mistake("turned round")
def turned(missed, needless):
    return missed / (needless + missed)


@mistake("odds")
def odds(missed, needless):
    return needless / missed


def judge(answer: Any) -> None:
    for missed, needless in ((20.0, 1.0), (3.0, 7.0), (1.5, 0.5)):
        # Bisection: stop where the mean cost of stopping is below that of running on.
        low, high = 0.0, 1.0
        for _ in range(60):
            p = (low + high) / 2
            low, high = (low, p) if (1 - p) * needless < p * missed else (p, high)
        number(
            called(answer, missed, needless, name="threshold"),
            high,
            causes=[
                (0.5, "one half is right only when both mistakes cost the same."),
                (1 - high, "the two costs are turned round: a dear miss should stop it earlier."),
                (needless / missed, "those are odds; a probability is a part of the whole."),
            ],
            name=f"threshold({missed:g}, {needless:g})",
        )
