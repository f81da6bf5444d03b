"""The Bayes cost of a small known world."""

import itertools
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def best_cost(P, C):
    return sum(row.min() for row in P @ C.T)


@mistake("same action everywhere")
def one_action(P, C):
    return (P @ C.T).sum(axis=0).min()


@mistake("sees y")
def all_knowing(P, C):
    return (P.sum(axis=0) * C.min(axis=0)).sum()


@mistake("how often")
def conditional(P, C):
    Q = P / P.sum(axis=1, keepdims=True)
    return (Q @ C.T).min(axis=1).sum()


@mistake("already weighs")
def mean(P, C):
    return (P @ C.T).min(axis=1).mean()


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for states, truths, actions in ((4, 2, 2), (3, 3, 2), (5, 2, 3)):
        P = rng.dirichlet(np.ones(states * truths)).reshape(states, truths)
        C = rng.uniform(0.5, 5, (actions, truths))
        # Brute force: try every rule there is.
        pays = [
            sum(P[x, y] * C[rule[x], y] for x in range(states) for y in range(truths))
            for rule in itertools.product(range(actions), repeat=states)
        ]
        right = min(pays)
        blind = min(sum(P[:, y].sum() * C[a, y] for y in range(truths)) for a in range(actions))
        knowing = sum(P[:, y].sum() * min(C[:, y]) for y in range(truths))
        per_state = [min(P[x] @ C[a] for a in range(actions)) / sum(P[x]) for x in range(states)]
        number(
            called(answer, P, C, name="best_cost"),
            right,
            causes=[
                (blind, "that rule takes the same action everywhere; it may look at x first."),
                (knowing, "that rule sees y; it should see only x."),
                (sum(per_state), "each x must count as much as how often it comes up."),
                (right / states, "P already weighs each x; add up instead of averaging."),
            ],
            name="The best cost",
        )
