"""Chapter 6, entertainment: the gain of a ranked list, and how much choice is left."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises.compare import called, number
from companion.exercises.registry import exercise


@exercise(
    "ch06.ndcg",
    title="The place counts",
    level=1,
    minutes=10,
    statement=r"""
        Exactly one film is right for each person. `places`, shape `(n,)`, holds at which place it
        stands in each list, from 0. Write `ndcg(places, k)`: the mean gain, where a film at place
        $i < k$ gains $1/\log_2(i + 2)$ and one further down gains nothing.
    """,
    stub="""
        def ndcg(places, k):
            return ...  # your code
    """,
    solution="""
        def ndcg(places, k):
            gain = 1 / np.log2(places + 2)
            return np.where(places < k, gain, 0).mean()
    """,
    explanation=r"""
        At place 0 the gain is $1/\log_2 2 = 1$, at place 2 it is one half. With one right film the
        best possible list gains 1, so nothing is left to divide by: this is already the normalised
        gain.
    """,
    hints=(
        "What does a film at place 0 gain? And at place 2?",
        "`np.where(places < k, gain, 0)` gives nothing to films outside the list.",
    ),
    wrong={
        "no_cut": ("def ndcg(places, k):\n    return (1 / np.log2(places + 2)).mean()", "below"),
        "one_too_many": (
            "def ndcg(places, k):\n"
            "    return np.where(places <= k, 1 / np.log2(places + 2), 0).mean()",
            "place k itself",
        ),
        "recall": ("def ndcg(places, k):\n    return (places < k).mean()", "recall"),
        "natural": (
            "def ndcg(places, k):\n"
            "    return np.where(places < k, 1 / np.log(places + 2), 0).mean()",
            "natural logarithm",
        ),
    },
)
def _ndcg(answer: Any) -> None:
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


@exercise(
    "ch06.effective",
    title="How many films are left?",
    level=2,
    minutes=12,
    statement=r"""
        Write `effective(clicks)`: how many *equally popular* films would be as varied as `clicks`,
        the number of clicks on each film, shape `(n,)`. It is the exponential of the entropy
        $-\sum_i p_i \ln p_i$ of the shares $p_i$. Films without a click count for nothing.
    """,
    stub="""
        def effective(clicks):
            return ...  # a number of films
    """,
    solution="""
        def effective(clicks):
            share = clicks[clicks > 0] / clicks.sum()
            return np.exp(-np.sum(share * np.log(share)))
    """,
    explanation=r"""
        If $n$ films have the same share, the entropy is $\ln n$ and the exponential gives $n$ back.
        If one film takes all, it is 1. A film with few clicks adds little. Dropping zeros is the
        limit of $p \ln p$ as $p$ goes to 0.
    """,
    hints=(
        "Turn the clicks into shares that sum to 1 first.",
        "0 · ln 0 is 0 in the limit, but NumPy says NaN; leave those films out.",
    ),
    wrong={
        "count": ("def effective(clicks):\n    return np.sum(clicks > 0)", "at least one click"),
        "entropy": (
            "def effective(clicks):\n"
            "    share = clicks[clicks > 0] / clicks.sum()\n"
            "    return -np.sum(share * np.log(share))",
            "entropy itself",
        ),
        "simpson": (
            "def effective(clicks):\n"
            "    share = clicks / clicks.sum()\n"
            "    return 1 / np.sum(share ** 2)",
            "sum of squares",
        ),
        "two_bases": (
            "def effective(clicks):\n"
            "    share = clicks[clicks > 0] / clicks.sum()\n"
            "    return np.exp(-np.sum(share * np.log2(share)))",
            "base 2",
        ),
    },
)
def _effective(answer: Any) -> None:
    for clicks in ([3, 0, 1, 4], [5, 5, 5, 5, 0], [9], [1, 2, 0, 40, 0, 3]):
        total = sum(clicks)
        # The exponential of the entropy as a product of powers.
        right = math.prod((total / c) ** (c / total) for c in clicks if c)
        squares = sum(Fraction(c, total) ** 2 for c in clicks)
        number(
            called(answer, np.array(clicks), name="effective"),
            right,
            causes=[
                (math.log(right), "that is the entropy itself; take its exponential."),
                (math.exp(math.log2(right)), "the logarithm is to base 2, the exponential is not."),
                (sum(map(bool, clicks)), "that counts films with at least one click, all alike."),
                (float(1 / squares), "that is one over the sum of squares, another measure."),
            ],
            unit="films",
            name=f"effective({clicks})",
        )
