"""The effective number of films, from the entropy of clicks."""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def effective(clicks):
    share = clicks[clicks > 0] / clicks.sum()
    return np.exp(-np.sum(share * np.log(share)))


@mistake("at least one click")
def count(clicks):
    return np.sum(clicks > 0)


@mistake("entropy itself")
def entropy(clicks):
    share = clicks[clicks > 0] / clicks.sum()
    return -np.sum(share * np.log(share))


@mistake("sum of squares")
def simpson(clicks):
    share = clicks / clicks.sum()
    return 1 / np.sum(share**2)


@mistake("base 2")
def two_bases(clicks):
    share = clicks[clicks > 0] / clicks.sum()
    return np.exp(-np.sum(share * np.log2(share)))


def judge(answer: Any) -> None:
    for clicks in ([3, 0, 1, 4], [5, 5, 5, 5, 0], [9], [1, 2, 0, 40, 0, 3]):
        total = sum(clicks)
        # The exponential of the entropy as a product of powers.
        right = math.prod((total / c) ** (c / total) for c in clicks if c)
        squares = sum(Fraction(c, total) ** 2 for c in clicks)
        number(
            called(answer, np.array(clicks), name="effective"),
            right,
            causes=[
                (math.log(right), "that is the entropy itself; take its exponential."),
                (math.exp(math.log2(right)), "the logarithm is to base 2, the exponential is not."),
                (sum(map(bool, clicks)), "that counts films with at least one click, all alike."),
                (float(1 / squares), "that is one over the sum of squares, another measure."),
            ],
            unit="films",
            name=f"effective({clicks})",
        )
