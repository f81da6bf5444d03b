"""Discounted gain where one film is right."""

import math
from collections import Counter
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def ndcg(places, k):
    gain = 1 / np.log2(places + 2)
    return np.where(places < k, gain, 0).mean()


@mistake("below")
def no_cut(places, k):
    return (1 / np.log2(places + 2)).mean()


@mistake("place k itself")
def one_too_many(places, k):
    return np.where(places <= k, 1 / np.log2(places + 2), 0).mean()


@mistake("recall")
def recall(places, k):
    return (places < k).mean()


@mistake("natural logarithm")
def natural(places, k):
    return np.where(places < k, 1 / np.log(places + 2), 0).mean()


def judge(answer: Any) -> None:
    for seed, k in ((0, 5), (1, 10), (2, 1)):
        places = np.random.default_rng(seed).integers(0, 15, 60)
        counted = Counter(int(place) for place in places)

        def mean(last: int, counted: Counter[int] = counted) -> float:
            # Place by place instead of person by person.
            return sum(n / math.log2(i + 2) for i, n in counted.items() if i < last) / 60

        number(
            called(answer, places, k, name="ndcg"),
            mean(k),
            causes=[
                (mean(10**6), "films below the first k gain nothing."),
                (mean(k + 1), "place k itself is already outside: places begin at 0."),
                (sum(n for i, n in counted.items() if i < k) / 60, "that is the recall at k."),
                (mean(k) / math.log(2), "that is the natural logarithm; the gain uses base 2."),
            ],
            name="ndcg",
        )
