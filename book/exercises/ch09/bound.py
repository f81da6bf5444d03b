"""What differential privacy leaves to the best membership test."""

import math
from itertools import product
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def most_found(epsilon, delta, fpr):
    first = np.exp(epsilon) * fpr + delta
    second = 1 - np.exp(-epsilon) * (1 - delta - fpr)
    return min(first, second, 1)


@mistake("exchanged")
def one_side(epsilon, delta, fpr):
    return min(1, np.exp(epsilon) * fpr + delta)


@mistake("δ")
def no_delta(epsilon, delta, fpr):
    return min(np.exp(epsilon) * fpr, 1 - np.exp(-epsilon) * (1 - fpr), 1)


@mistake("above 1")
def not_capped(epsilon, delta, fpr):
    return np.exp(epsilon) * fpr + delta


@mistake("e^ε")
def epsilon_itself(epsilon, delta, fpr):
    return min(epsilon * fpr + delta, 1 - (1 - delta - fpr) / epsilon, 1)


def judge(answer: Any) -> None:
    grid = np.linspace(0, 1, 200_001)
    for epsilon, delta, fpr in product((0.5, 1.26, 3.0), (0.0, 0.01), (0.01, 0.3, 0.9, 1.0)):
        factor = math.exp(epsilon)
        # Of all shares keep those that break neither promise, and take the largest.
        allowed = (grid <= factor * fpr + delta) & (1 - fpr <= factor * (1 - grid) + delta + 1e-12)
        value = called(answer, epsilon, delta, fpr, name="most_found")
        one_side = factor * fpr + delta
        number(
            value,
            float(grid[allowed].max()),
            causes=[
                (
                    one_side,
                    "that share is above 1."
                    if one_side > 1
                    else "the promise also holds with the two worlds exchanged.",
                ),
                (1.0, "the promise also holds with the two worlds exchanged."),
                (min(factor * fpr, 1 - (1 - fpr) / factor), "δ is missing."),
                (
                    min(epsilon * fpr + delta, 1 - (1 - delta - fpr) / epsilon, 1),
                    "the factor is e^ε, not ε.",
                ),
            ],
            rtol=0,
            atol=6e-6,
            name=f"most_found({epsilon}, {delta}, {fpr})",
        )
