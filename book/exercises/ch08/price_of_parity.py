"""The best pair of thresholds under a limit on the gap between shares."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, several


def best_pair(score, paid, b, grid, allowed):
    def right_and_gap(pair):
        given = score > np.where(b, *pair)
        return (given == paid).mean(), np.ptp([given[b].mean(), given[~b].mean()])

    found = {pair: right_and_gap(pair) for pair in product(grid, grid)}
    fair = [pair for pair, (_, gap) in found.items() if gap <= allowed]
    return max(fair, key=lambda pair: found[pair][0])


@mistake("leaves a gap")
def unlimited(score, paid, b, grid, allowed):
    return best_pair(score, paid, b, grid, 1)


@mistake("One threshold for both")
def single(score, paid, b, grid, allowed):
    best, pair = -1, None
    for cut in grid:
        given = score > cut
        gap = abs(given[b].mean() - given[~b].mean())
        if gap <= allowed and (given == paid).mean() > best:
            best, pair = (given == paid).mean(), (cut, cut)
    return pair


@mistake("other order")
def swapped(score, paid, b, grid, allowed):
    first, second = best_pair(score, paid, b, grid, allowed)
    return second, first


@mistake("smallest gap")
def fairest(score, paid, b, grid, allowed):
    gaps = {}
    for first, second in product(grid, grid):
        given = score > np.where(b, first, second)
        gaps[first, second] = abs(given[b].mean() - given[~b].mean())
    return min(gaps, key=lambda pair: gaps[pair])


@cache
def world(seed: int) -> tuple[Any, ...]:
    """Draw people and a grid; of each pair of its thresholds count what is right, and the gap."""
    rng = np.random.default_rng(seed)
    b = rng.random(700) < 0.4
    score = np.clip(rng.normal(0.6 - 0.25 * b, 0.2), 0, 1)
    paid, grid = rng.random(700) < score, np.linspace(0.1, 0.9, 17)

    def seen(first: float, second: float) -> tuple[int, float]:
        counts = {True: [0, 0, 0], False: [0, 0, 0]}  # people, loans, right answers
        for value, pays, mine in zip(score, paid, b, strict=True):
            loan = value > (first if mine else second)
            counts[bool(mine)][0] += 1
            counts[bool(mine)][1] += loan
            counts[bool(mine)][2] += loan == pays
        shares = [row[1] / row[0] for row in counts.values()]
        return sum(row[2] for row in counts.values()), abs(shares[0] - shares[1])

    return score, paid, b, grid, {(x, z): seen(x, z) for x in grid for z in grid}


def judge(answer: Any) -> None:
    for seed, allowed in ((0, 0.06), (1, 0.03), (0, None)):
        score, paid, b, grid, table = world(seed)
        if allowed is None:  # a limit that the best pair just keeps
            allowed = max(found for found in table.values() if found[1] <= 0.06)[1]
        top = max(right for right, gap in table.values() if gap <= allowed)
        got = called(answer, score, paid, b, grid, allowed, name="best_pair")
        first, second = (float(v) for v in several(got, ("for B", "for others"), name="best_pair"))
        if not (np.isclose(grid, first).any() and np.isclose(grid, second).any()):
            raise Wrong("best_pair should return two thresholds of the grid.")
        # An answer may hold a threshold that differs from the grid's in the last bits.
        first, second = (float(grid[abs(grid - v).argmin()]) for v in (first, second))
        right, gap = table[first, second]
        if gap > allowed:
            if table[second, first][1] <= allowed:
                raise Wrong("The thresholds are in the other order: first B's, then the others'.")
            raise Wrong(f"This pair leaves a gap of {gap:.2f}; at most {allowed} is allowed.")
        if right < top:
            if first == second:
                raise Wrong("One threshold for both is not the best; try all pairs.")
            if gap == min(gap for _, gap in table.values()):
                raise Wrong(
                    "That is the smallest gap; wanted is the best accuracy within the limit."
                )
            raise Wrong("Another pair within the limit is right more often.")
