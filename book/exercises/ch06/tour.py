"""The shortest round trip over few stops, one-way streets included."""

from itertools import permutations
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def shortest_minutes(t):
    best = np.inf
    for order in permutations(range(1, len(t))):
        stops = [0, *order, 0]
        best = min(best, t[stops[:-1], stops[1:]].sum())
    return best


@mistake("way back")
def no_way_back(t):
    def minutes(order):
        return sum(t[a][b] for a, b in zip((0, *order), order))

    return min(minutes(order) for order in permutations(range(1, len(t))))


@mistake("nearest stop")
def nearest_first(t):
    here, left, total = 0, set(range(1, len(t))), 0
    while left:
        there = min(left, key=lambda j: t[here][j])
        total, here = total + t[here][there], there
        left.remove(there)
    return total + t[here][0]


@mistake("both directions")
def backwards(t):
    def minutes(order):
        stops = (0, *order, 0)
        return sum(min(t[a][b], t[b][a]) for a, b in zip(stops, stops[1:]))

    return min(minutes(order) for order in permutations(range(1, len(t))))


@mistake("longest")
def longest(t):
    def minutes(order):
        stops = (0, *order, 0)
        return sum(t[a][b] for a, b in zip(stops, stops[1:]))

    return max(minutes(order) for order in permutations(range(1, len(t))))


def judge(answer: Any) -> None:
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
