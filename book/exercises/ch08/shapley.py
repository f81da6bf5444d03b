"""Shapley values over all orders of the columns."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def shapley(value, d):
    gains = np.zeros(d)
    orders = list(permutations(range(d)))
    for order in orders:
        for place, column in enumerate(order):
            before, after = set(order[:place]), set(order[: place + 1])
            gains[column] += value(after) - value(before)
    return gains / len(orders)


@mistake("each column alone")
def alone(value, d):
    return np.array([value({j}) - value(set()) for j in range(d)])


@mistake("comes last")
def last(value, d):
    every = set(range(d))
    return np.array([value(every) - value(every - {j}) for j in range(d)])


@mistake("one order")
def one_order(value, d):
    sets = [set(range(j)) for j in range(d + 1)]
    return np.array([value(b) - value(a) for a, b in zip(sets, sets[1:])])


@mistake("divide")
def sum_of_gains(value, d):
    gains = np.zeros(d)
    for order in permutations(range(d)):
        for i, j in enumerate(order):
            gains[j] += value(set(order[: i + 1])) - value(set(order[:i]))
    return gains


def judge(answer: Any) -> None:
    for d, seed in ((3, 0), (4, 1), (2, 2)):
        table = np.random.default_rng(seed).normal(size=2**d).round(3)

        def value(known: set[int], table: Any = table) -> float:
            return float(table[sum(1 << j for j in known)])

        right = _by_sets(value, d)
        every = set(range(d))
        array(
            called(answer, value, d, name="shapley"),
            right,
            causes=[
                (
                    [value({j}) - value(set()) for j in range(d)],
                    "that is the gain of each column alone; others may be known before it.",
                ),
                (
                    [value(every) - value(every - {j}) for j in range(d)],
                    "that is the gain of a column that comes last; it may come earlier.",
                ),
                (
                    [value(set(range(j + 1))) - value(set(range(j))) for j in range(d)],
                    "that is one order; average over all of them.",
                ),
                (right * len(list(permutations(range(d)))), "divide by the number of orders."),
            ],
            name="shapley",
        )


def _by_sets(value: Callable[[set[int]], float], d: int) -> Any:
    """Weigh each set by the share of orders that begin with it: Shapley's own formula."""
    phi = np.zeros(d)
    for bits in range(2**d):
        known = {j for j in range(d) if bits >> j & 1}
        for j in set(range(d)) - known:
            choose = 1.0
            for i in range(len(known)):  # the binomial of d - 1 over the size of the set
                choose *= (d - 1 - i) / (i + 1)
            phi[j] += (value(known | {j}) - value(known)) / (d * choose)
    return phi
