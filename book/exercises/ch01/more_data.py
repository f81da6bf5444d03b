"""How much more data a power law asks for a smaller excess."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def times_more(share, c):
    return share ** (-1 / c)


@mistake("error in proportion")
def linear(share, c):
    return 1 / share


@mistake("exponent is upside down")
def exponent_not_inverted(share, c):
    return share ** (-c)


@mistake("not a product")
def product(share, c):
    return 1 / (share * c)


@mistake("fewer examples")
def sign(share, c):
    return share ** (1 / c)


def judge(answer: Any) -> None:
    for share, c in ((0.5, 0.5), (0.5, 0.25), (0.1, 1.5), (0.9, 0.1)):
        low, high = 0.0, 100.0  # bisection on the logarithm of the factor: the excess only falls
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if np.exp(-c * middle) > share else (low, middle)
        number(
            called(answer, share, c, name="times_more"),
            float(np.exp(high)),
            causes=[
                (1 / share, "that would be an error in proportion to 1/n, where c is 1."),
                (share**-c, "the exponent is upside down: this is what 1/c examples would do."),
                (1 / (share * c), "the two numbers work as a power, not a product."),
                (share ** (1 / c), "that is below 1, fewer examples than before."),
            ],
            name="times_more",
        )
