"""The distribution of the best of k answers."""

from itertools import product
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, unlike


def best_of(policy, scores, k):
    order = np.argsort(scores)
    reached = np.cumsum(policy[order])
    below = reached - policy[order]
    kept = np.empty(len(policy))
    kept[order] = reached**k - below**k
    return kept


@mistake("order of the scores")
def left_sorted(policy, scores, k):
    order = np.argsort(scores)
    return np.diff(np.cumsum(policy[order]) ** k, prepend=0.0)


@mistake("worst")
def worst_of(policy, scores, k):
    order = np.argsort(-scores)
    kept = np.empty(len(policy))
    kept[order] = np.diff(np.cumsum(policy[order]) ** k, prepend=0.0)
    return kept


@mistake("powers of single probabilities")
def powers(policy, scores, k):
    return policy**k / (policy**k).sum()


@mistake("unsorted")
def unsorted(policy, scores, k):
    return np.diff(np.cumsum(policy) ** k, prepend=0.0)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for m, k in ((3, 2), (4, 3), (5, 2)):
        policy = rng.dirichlet(np.ones(m))
        scores = rng.permutation(m) + 0.5 * rng.random()
        scores[:2] = scores[:2][np.argsort(scores[:2])[::-1]]  # never sorted already
        right, worst = np.zeros(m), np.zeros(m)
        for draw in product(range(m), repeat=k):
            chance = float(np.prod([policy[i] for i in draw]))
            right[max(draw, key=scores.__getitem__)] += chance
            worst[min(draw, key=scores.__getitem__)] += chance
        sharp = policy**k / (policy**k).sum()
        naive = np.cumsum(policy) ** k
        causes = unlike(
            right,
            (right[np.argsort(scores)], "put the answers back from the order of the scores."),
            (worst, "that keeps the worst of k."),
            (sharp, "those are powers of single probabilities; the scores play no part."),
            (naive - np.r_[0.0, naive[:-1]], "the answers are unsorted: sort them by score."),
        )
        array(
            called(answer, policy, scores, k, name="best_of"),
            right,
            causes=causes,
            name=f"best_of for {m} answers and k = {k}",
        )
