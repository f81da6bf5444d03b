"""Chapter 8, fairness: a gap between groups, and an exact explanation."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from companion.exercises.compare import array, called, number
from companion.exercises.registry import exercise


@exercise(
    "ch08.parity",
    title="Two gaps",
    level=1,
    minutes=10,
    statement="""
        `given` and `paid` say of each person whether they got a loan and would pay it back; `b`
        says who belongs to group B. All three are arrays of `True` and `False`, shape `(n,)`. Write
        `opportunity_gap(given, paid, b)`: the absolute difference between the groups' shares that
        get a loan **among those who would pay it back**.
    """,
    stub="""
        def opportunity_gap(given, paid, b):
            return ...  # a share
    """,
    solution="""
        def opportunity_gap(given, paid, b):
            in_b = np.sum(given * paid * b) / np.sum(paid * b)
            others = np.sum(given * paid * ~b) / np.sum(paid * ~b)
            return abs(in_b - others)
    """,
    explanation="""
        It is called equality of opportunity: whoever deserves the loan has the same chance of it in
        both groups. Demographic parity would compare all people, deserving or not. The two agree
        only if equal shares of both groups would pay back.
    """,
    hints=(
        "Which people count at all? Select them first.",
        "In each group: deserving people with a loan, divided by deserving people.",
    ),
    wrong={
        "parity": (
            "def opportunity_gap(given, paid, b):\n"
            "    return abs(given[b].mean() - given[~b].mean())",
            "demographic parity",
        ),
        "turned": (
            "def opportunity_gap(given, paid, b):\n"
            "    return abs(paid[given & b].mean() - paid[given & ~b].mean())",
            "who got a loan",
        ),
        "signed": (
            "def opportunity_gap(given, paid, b):\n"
            "    return given[paid & b].mean() - given[paid & ~b].mean()",
            "sign",
        ),
        "defaulters": (
            "def opportunity_gap(given, paid, b):\n"
            "    return abs(given[~paid & b].mean() - given[~paid & ~b].mean())",
            "would not pay",
        ),
    },
)
def _parity(answer: Any) -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        b = rng.random(400) < 0.4
        paid = rng.random(400) < np.where(b, 0.3, 0.7)
        given = rng.random(400) < 0.2 + 0.4 * paid + 0.2 * ~b

        def share(want: tuple[int, ...], of: Any, among: Any, group: Any = b) -> float:
            # Count pairs; no array is averaged.
            cell = [
                (bool(o), bool(a)) for o, a, g in zip(of, among, group, strict=True) if g in want
            ]
            return sum(o for o, a in cell if a) / sum(a for _, a in cell)

        everyone = np.ones(400, bool)
        right = share((1,), given, paid) - share((0,), given, paid)
        number(
            called(answer, given, paid, b, name="opportunity_gap"),
            abs(right),
            causes=[
                (
                    abs(share((1,), given, everyone) - share((0,), given, everyone)),
                    "that is demographic parity: it compares all people.",
                ),
                (
                    abs(share((1,), paid, given) - share((0,), paid, given)),
                    "that compares people who got a loan; ask among those who would pay.",
                ),
                (right, "the sign is left; a gap is an absolute difference."),
                (
                    abs(share((1,), given, ~paid) - share((0,), given, ~paid)),
                    "those are the people who would not pay.",
                ),
            ],
            name="opportunity_gap",
        )


@exercise(
    "ch08.shapley",
    title="Who earned the score?",
    level=3,
    minutes=20,
    statement="""
        `value(known)` gives the score of a model when only the columns in the set `known` are
        known; `value(set())` is the mean score. Write `shapley(value, d)`: an array of `d` numbers,
        for each column its mean gain over **all orders** in which the `d` columns can become known.
    """,
    stub="""
        def shapley(value, d):
            return ...  # shape (d,)
    """,
    solution="""
        from itertools import permutations

        def shapley(value, d):
            gains = np.zeros(d)
            orders = list(permutations(range(d)))
            for order in orders:
                for place, column in enumerate(order):
                    gains[column] += value(set(order[: place + 1])) - value(set(order[:place]))
            return gains / len(orders)
    """,
    explanation="""
        In each order the gains add up to the whole difference between the score and the mean
        score, so their means do too. For a product of two columns the credit is shared equally:
        each column comes last in half of the orders.
    """,
    hints=(
        "`itertools.permutations(range(d))` gives every order.",
        "In one order, the gain of a column is the value with it minus the value just before.",
        "Average over the orders. Do the gains add up to value(all) − value(none)?",
    ),
    wrong={
        "alone": (
            "def shapley(value, d):\n"
            "    return np.array([value({j}) - value(set()) for j in range(d)])",
            "each column alone",
        ),
        "last": (
            "def shapley(value, d):\n"
            "    every = set(range(d))\n"
            "    return np.array([value(every) - value(every - {j}) for j in range(d)])",
            "comes last",
        ),
        "one_order": (
            "def shapley(value, d):\n"
            "    sets = [set(range(j)) for j in range(d + 1)]\n"
            "    return np.array([value(b) - value(a) for a, b in zip(sets, sets[1:])])",
            "one order",
        ),
        "sum": (
            "from itertools import permutations\n"
            "def shapley(value, d):\n"
            "    gains = np.zeros(d)\n"
            "    for order in permutations(range(d)):\n"
            "        for i, j in enumerate(order):\n"
            "            gains[j] += value(set(order[:i + 1])) - value(set(order[:i]))\n"
            "    return gains",
            "divide",
        ),
    },
)
def _shapley(answer: Any) -> None:
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
