"""The step-up rule of Benjamini and Hochberg."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def discoveries(p, q):
    ordered = np.sort(p)
    passes = ordered <= q * np.arange(1, len(p) + 1) / len(p)
    return p <= max(ordered[passes], default=-1)


@mistake("one test at a time")
def uncorrected(p, q):
    return p <= q


@mistake("too strict")
def bonferroni(p, q):
    return p <= q / len(p)


@mistake("first rank that fails")
def stops_early(p, q):
    ordered = np.sort(p)
    fails = ordered > q * np.arange(1, len(p) + 1) / len(p)
    k = int(np.argmax(fails)) if fails.any() else len(p)
    return p < (ordered[k] if k < len(p) else 2)


@mistake("order of `p`")
def sorted_order(p, q):
    ordered = np.sort(p)
    passes = ordered <= q * np.arange(1, len(p) + 1) / len(p)
    return ordered <= max(ordered[passes], default=-1)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    cases = [
        (np.array([0.9, 0.001, 0.055, 0.06, 0.09, 0.03]), 0.1),
        (rng.uniform(0.2, 1, 12), 0.1),
        (rng.permutation(np.concatenate([rng.uniform(0, 0.01, 6), rng.uniform(0, 1, 14)])), 0.05),
        (np.array([0.04, 0.025]), 0.05),
        (np.array([0.1, 0.04, 0.03]), 0.1),
        (np.array([0.25, 0.2, 0.9, 0.8]), 0.5),
    ]
    for p, q in cases:
        m = len(p)
        # By definition, one value after the other: some value at or above it passes at its rank.
        passing = [v for v in p if v * m <= q * sum(w <= v for w in p) * (1 + 1e-12)]
        right = np.array([any(v <= w for w in passing) for v in p])
        ranks = sorted(p.tolist())
        early = next((i for i, v in enumerate(ranks) if v * m > q * (i + 1)), m)
        array(
            called(answer, p, q, name="discoveries"),
            right,
            causes=[
                (c, words)
                for c, words in (
                    (p <= q, "that judges one test at a time; the rank has to enter."),
                    (np.isin(p, ranks[:early]), "it ends at the first rank that fails, not last."),
                    (p * m <= q, "too strict: only the first rank is held to q/m."),
                    (np.sort(right)[::-1], "the answers should stand in the order of `p`."),
                )
                if not np.array_equal(c, right)
            ],
            name="The discoveries",
        )
