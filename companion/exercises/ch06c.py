"""Chapter 6, logistics: the shortest tour and the right stock."""

from __future__ import annotations

from typing import Any

import numpy as np

from companion.exercises.compare import called, number
from companion.exercises.registry import exercise


@exercise(
    "ch06.tour",
    title="The shortest round trip",
    level=2,
    minutes=15,
    statement="""
        Write `shortest_minutes(t)`: the minutes of the shortest round trip that starts at stop 0,
        visits every other stop once and comes back. `t[i][j]` are the minutes from `i` to `j`,
        which need not equal those from `j` to `i`. There are at most seven stops, so trying all
        orders is allowed.
    """,
    stub="""
        def shortest_minutes(t):
            return ...  # minutes
    """,
    solution="""
        from itertools import permutations

        def shortest_minutes(t):
            best = np.inf
            for order in permutations(range(1, len(t))):
                stops = [0, *order, 0]
                best = min(best, t[stops[:-1], stops[1:]].sum())
            return best
    """,
    explanation="""
        Six customers have 720 orders, twelve have 479 million. Trying all is right and soon
        hopeless. Held and Karp's programme asks for each *set* of customers and each last one, and
        needs about 600 thousand steps for twelve.
    """,
    hints=(
        "`itertools.permutations(range(1, len(t)))` gives every order of the customers.",
        "A round trip also has a last leg, from the last customer back to stop 0.",
    ),
    wrong={
        "no_way_back": (
            "from itertools import permutations\n"
            "def shortest_minutes(t):\n"
            "    def minutes(order):\n"
            "        return sum(t[a][b] for a, b in zip((0, *order), order))\n"
            "    return min(minutes(order) for order in permutations(range(1, len(t))))",
            "way back",
        ),
        "nearest_first": (
            "def shortest_minutes(t):\n"
            "    here, left, total = 0, set(range(1, len(t))), 0\n"
            "    while left:\n"
            "        there = min(left, key=lambda j: t[here][j])\n"
            "        total, here = total + t[here][there], there\n"
            "        left.remove(there)\n"
            "    return total + t[here][0]",
            "nearest stop",
        ),
        "backwards": (
            "from itertools import permutations\n"
            "def shortest_minutes(t):\n"
            "    def minutes(order):\n"
            "        stops = (0, *order, 0)\n"
            "        return sum(min(t[a][b], t[b][a]) for a, b in zip(stops, stops[1:]))\n"
            "    return min(minutes(order) for order in permutations(range(1, len(t))))",
            "both directions",
        ),
        "longest": (
            "from itertools import permutations\n"
            "def shortest_minutes(t):\n"
            "    def minutes(order):\n"
            "        stops = (0, *order, 0)\n"
            "        return sum(t[a][b] for a, b in zip(stops, stops[1:]))\n"
            "    return max(minutes(order) for order in permutations(range(1, len(t))))",
            "longest",
        ),
    },
)
def _tour(answer: Any) -> None:
    for seed, n in ((0, 6), (1, 7), (2, 5), (3, 2)):
        t = np.random.default_rng(seed).uniform(1, 30, (n, n))
        best = _held_karp(t)
        one_way = np.minimum(t, t.T)
        number(
            called(answer, t, name="shortest_minutes"),
            best[0],
            causes=[
                (best[1], "the way back to stop 0 is missing."),
                (_nearest(t), "that is the tour that goes to the nearest stop each time."),
                (
                    _held_karp(one_way)[0],
                    "the minutes differ between both directions; use t[i][j].",
                ),
                (-_held_karp(-t)[0], "that is the longest round trip."),
            ],
            unit="minutes",
            name="shortest_minutes",
        )


def _held_karp(t: Any) -> tuple[float, float]:
    """Return the shortest round trip, and the shortest way without the return."""
    ways = {(frozenset([j]), j): t[0, j] for j in range(1, len(t))}
    for _ in range(len(t) - 2):
        longer: dict[Any, float] = {}
        for (served, last), minutes in ways.items():
            for j in set(range(1, len(t))) - served:
                key = (served | {j}, j)
                longer[key] = min(longer.get(key, np.inf), minutes + t[last, j])
        ways = longer
    back = min(minutes + t[last, 0] for (_, last), minutes in ways.items())
    return back, min(ways.values())


def _nearest(t: Any) -> float:
    waiting, here, total = np.ones(len(t), bool), 0, 0.0
    waiting[0] = False
    while waiting.any():
        there = int(np.where(waiting, t[here], np.inf).argmin())
        total, here, waiting[there] = total + t[here, there], there, False
    return float(total + t[here, 0])


@exercise(
    "ch06.order",
    title="How many to order",
    level=2,
    minutes=12,
    statement=r"""
        Write `order(samples, price, cost, salvage)`: the quantity that earns most on average, when
        `samples`, shape `(n,)`, are equally likely demands. A piece costs `cost` and sells for
        `price`; one that is left over still brings `salvage`, with `salvage < cost < price`. Choose
        among the sampled demands; of two that earn the same, the smaller.
    """,
    stub="""
        def order(samples, price, cost, salvage):
            return ...  # one of the samples
    """,
    solution="""
        def order(samples, price, cost, salvage):
            served = (price - cost) / (price - salvage)
            return np.quantile(samples, served, method="inverted_cdf")
    """,
    explanation=r"""
        One more piece earns $p - c$ if it sells and loses $c - s$ if it does not. It is worth
        ordering while $P(D \ge q)(p - c) > P(D < q)(c - s)$. So the best order is the smallest $q$
        with $P(D \le q) \ge (p - c)/(p - s)$: a quantile of the demand, whatever its shape.
    """,
    hints=(
        "What does one more piece earn if it sells, and what does it lose if it does not?",
        "Which share of days should be served in full? Call it the critical fractile.",
        "Sort the samples; the answer is the smallest one with at least that share at or below it.",
    ),
    wrong={
        "mean": (
            "def order(samples, price, cost, salvage):\n    return np.mean(samples)",
            "mean of the demand",
        ),
        "no_salvage": (
            "def order(samples, price, cost, salvage):\n"
            "    share = (price - cost) / price\n"
            "    return np.sort(samples)[int(np.ceil(share * len(samples) - 1e-9)) - 1]",
            "salvage",
        ),
        "turned": (
            "def order(samples, price, cost, salvage):\n"
            "    share = (cost - salvage) / (price - salvage)\n"
            "    return np.sort(samples)[int(np.ceil(share * len(samples) - 1e-9)) - 1]",
            "other tail",
        ),
        "largest": (
            "def order(samples, price, cost, salvage):\n    return np.max(samples)",
            "every demand",
        ),
    },
)
def _order(answer: Any) -> None:
    for seed, price, cost, salvage in ((0, 5.0, 1.0, 0.5), (1, 4.0, 3.0, 1.0), (2, 10.0, 4.0, 3.0)):
        samples = np.random.default_rng(seed).gamma(3.0, 20.0, 41).round(1)

        def best(price: float, cost: float, salvage: float, tried: Any = samples) -> float:
            # Every sampled demand is tried as an order; the money decides.
            sold = np.minimum(tried[:, None], tried[None])
            money = price * sold + salvage * (tried[:, None] - sold) - cost * tried[:, None]
            mean = money.mean(1)
            return float(tried[mean >= mean.max() - 1e-9].min())

        number(
            called(answer, samples, price, cost, salvage, name="order"),
            best(price, cost, salvage),
            causes=[
                (samples.mean(), "that is the mean of the demand; a lost sale costs more or less."),
                (best(price, cost, 0.0), "a piece left over still brings its salvage."),
                (best(price, price + salvage - cost, salvage), "that is the other tail."),
                (samples.max(), "that serves every demand, and throws away too much."),
            ],
            unit="pieces",
            name="order",
        )
