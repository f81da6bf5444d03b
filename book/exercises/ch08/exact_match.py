"""Reliability of a step from the share of tasks solved."""

from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def needed(length, solved):
    return solved ** (1 / length)


@mistake("wrong way round")
def power(length, solved):
    return solved**length


@mistake("multiply")
def divided(length, solved):
    return solved / length


@mistake("adds the chances of an error")
def errors_added(length, solved):
    return 1 - (1 - solved) / length


def judge(answer: Any) -> None:
    for length, share in ((1, Fraction(3, 10)), (2, Fraction(3, 5)), (10, Fraction(9, 10))):
        low, high = 0.0, 1.0
        for _ in range(60):  # bisection on the share of solved tasks
            middle = (low + high) / 2
            solved = float(np.prod(np.full(length, middle)))
            low, high = (middle, high) if solved < share else (low, middle)
        s = float(share)
        number(
            called(answer, length, s, name="needed"),
            low,
            causes=[
                (s**length, "that is the wrong way round: how many tasks such a step solves."),
                (s / length, "chances of steps multiply; they do not divide evenly."),
                (
                    1 - (1 - s) / length,
                    "that adds the chances of an error, a good guess only when they are small.",
                ),
            ]
            if length > 1
            else [],
            name=f"needed({length}, {s})",
        )
