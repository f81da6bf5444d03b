"""The confidence from which an answer pays."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def worth_answering(right, wrong, silent):
    return (silent - wrong) / (right - wrong)


@mistake("silence may earn")
def ignores_silence(right, wrong, silent):
    return -wrong / (right - wrong)


@mistake("half is right only")
def half(right, wrong, silent):
    return 0.5


@mistake("chance of being wrong")
def complement(right, wrong, silent):
    return (right - silent) / (right - wrong)


@mistake("weigh the reward")
def penalty(right, wrong, silent):
    return -wrong


def judge(answer: Any) -> None:
    for right, wrong, silent in ((1.0, -3.0, 0.0), (1.0, 0.0, 0.25), (2.0, -1.0, 0.5)):
        # The confidence at which answering and silence earn the same, by halving an interval.
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            gain = middle * right + (1 - middle) * wrong
            low, high = (middle, high) if gain < silent else (low, middle)
        causes = [
            (-wrong / (right - wrong), "silence may earn something, too."),
            (0.5, "half is right only for certain points; compare what both choices earn."),
            ((right - silent) / (right - wrong), "that is the chance of being wrong there."),
            (-wrong, "weigh the reward of a right answer as well."),
        ]
        number(
            called(answer, right, wrong, silent, name="worth_answering"),
            low,
            causes=[cause for cause in causes if abs(cause[0] - low) > 1e-9],
            name="worth_answering",
        )
