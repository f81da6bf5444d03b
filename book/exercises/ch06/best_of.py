"""The expected best of k draws, from n draws."""

import itertools
import statistics
from math import comb
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def best_of(minutes, k):
    n = len(minutes)
    ways = [comb(n - 1 - i, k - 1) for i in range(n)]
    return np.sort(minutes) @ ways / comb(n, k)


@mistake("the first k only")
def first_k(minutes, k):
    return np.min(minutes[:k])


@mistake("the longest of the k")
def longest(minutes, k):
    n = len(minutes)
    ways = [comb(n - 1 - i, k - 1) for i in range(n)]
    return np.sort(minutes)[::-1] @ ways / comb(n, k)


@mistake("puts each tour back")
def with_replacement(minutes, k):
    n = len(minutes)
    chances = [((n - i) / n) ** k - ((n - i - 1) / n) ** k for i in range(n)]
    return np.sort(minutes) @ chances


@mistake("the mean of all")
def no_best(minutes, k):
    return np.mean(minutes)


def judge(answer: Any) -> None:
    for minutes, k in (([62, 55, 71, 58, 66], 3), ([40, 49, 44, 61, 52, 47], 2), ([9, 7, 8], 1)):
        sets = list(itertools.combinations(minutes, k))
        right = statistics.fmean(min(chosen) for chosen in sets)
        again = itertools.product(minutes, repeat=k)
        causes = [
            (min(minutes[:k]), "that is the best of the first k only; average over all sets of k."),
            (statistics.fmean(map(max, sets)), "that is the longest of the k."),
            (statistics.fmean(map(min, again)), "that puts each tour back before the next draw."),
            (statistics.fmean(minutes), "that is the mean of all tours."),
        ]
        number(
            called(answer, np.array(minutes, float), k, name="best_of"),
            right,
            causes=[cause for cause in causes if abs(cause[0] - right) > 1e-9],
            unit="minutes",
            name=f"best_of({minutes}, {k})",
        )
