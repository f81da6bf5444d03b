"""Answers that a privacy budget pays for."""

import math
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def affordable(eps, budget, delta):
    t = 0
    cost = 0
    while cost <= budget:
        t += 1
        root = np.sqrt(2 * t * np.log(1 / delta))
        cost = min(t * eps, root * eps + t * eps * (np.exp(eps) - 1))
    return t - 1


@mistake("adding up alone")
def added(eps, budget, delta):
    return int(budget / eps)


@mistake("strong composition alone")
def strong_only(eps, budget, delta):
    t = 0
    while np.sqrt(2 * (t + 1) * np.log(1 / delta)) * eps + (t + 1) * eps * np.expm1(eps) <= budget:
        t += 1
    return t


@mistake("smaller bound")
def larger(eps, budget, delta):
    t = 0
    while (
        max(
            (t + 1) * eps,
            np.sqrt(2 * (t + 1) * np.log(1 / delta)) * eps + (t + 1) * eps * np.expm1(eps),
        )
        <= budget
    ):
        t += 1
    return t


@mistake("one too many")
def one_more(eps, budget, delta):
    t = 1
    while (
        min(t * eps, np.sqrt(2 * t * np.log(1 / delta)) * eps + t * eps * np.expm1(eps)) <= budget
    ):
        t += 1
    return t


def judge(answer: Any) -> None:
    for eps, budget, delta in (
        (0.11, 1.0, 1e-5),
        (0.013, 1.5, 1e-6),
        (0.03, 4.1, 1e-3),
        (0.7, 3.0, 1e-5),
        (2.0, 1.0, 1e-5),
    ):
        added = math.floor(budget / eps)
        # The strong bound is a quadratic in the root of t; solve it instead of counting.
        square, linear = eps * (math.e**eps - 1), eps * math.sqrt(-2 * math.log(delta))
        strong = math.floor(
            ((math.sqrt(linear**2 + 4 * square * budget) - linear) / (2 * square)) ** 2
        )
        right = max(added, strong)
        number(
            called(answer, eps, budget, delta, name="affordable"),
            right,
            causes=[
                (min(added, strong), _which(added, strong)),
                (right + 1, "that is one too many: it costs more than the budget."),
            ],
            name="affordable",
        )


def _which(added: int, strong: int) -> str:
    """Say which bound a too small number of answers came from."""
    alone = "adding up alone" if added < strong else "strong composition alone"
    return f"that is {alone}; both bounds are true, so the smaller bound counts."
