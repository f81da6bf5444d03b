"""The radius of a conformal interval, or a refusal."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, number


def radius(scores, coverage):
    rank = int(np.ceil((len(scores) + 1) * coverage))
    if rank > len(scores):
        raise ValueError("too few scores for this coverage")
    return np.sort(scores)[rank - 1]


@mistake("n + 1")
def plain_quantile(scores, coverage):
    k = int(np.ceil(len(scores) * coverage))
    return np.sort(scores)[k - 1]


@mistake("one place too far")
def one_too_far(scores, coverage):
    k = int(np.ceil((len(scores) + 1) * coverage))
    if k >= len(scores):
        raise ValueError
    return np.sort(scores)[k]


@mistake("too few")
def no_refusal(scores, coverage):
    k = int(np.ceil((len(scores) + 1) * coverage))
    return np.sort(scores)[min(k, len(scores)) - 1]


def judge(answer: Any) -> None:
    rng = np.random.default_rng(2)
    for n, percent in ((99, 90), (19, 80), (50, 95), (9, 90), (200, 50)):
        scores = rng.permutation(rng.standard_exponential(n))
        # In whole percent, so that no rounding of 0.9 decides the rank.
        rank = next(k for k in range(1, n + 1) if 100 * k >= percent * (n + 1))
        ordered = sorted(scores.tolist())
        causes = [(ordered[min(rank, n - 1)], "that is one place too far in the sorted scores.")]
        plain = next(k for k in range(1, n + 1) if 100 * k >= percent * n)
        if plain != rank:
            causes.insert(
                0, (ordered[plain - 1], "with n scores a new one has n + 1 places; count those.")
            )
        number(
            called(answer, scores, percent / 100, name="radius"),
            ordered[rank - 1],
            causes=causes,
            name=f"The radius for {n} scores and coverage {percent} %",
        )
    for scores in (np.ones(8), np.ones(1)):
        try:
            answer(scores, 0.9)
        except ValueError:
            continue
        raise Wrong(f"{len(scores)} scores are too few for coverage 90 %; raise a ValueError.")
