"""The mean of rows shortened to a bound."""

import math
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def clipped_mean(G, bound):
    norms = np.sqrt((G**2).sum(axis=1))
    shares = np.where(norms > bound, bound / norms, 1)
    return shares @ G / len(G)


@mistake("before")
def after_the_mean(G, bound):
    g = G.mean(axis=0)
    return g * min(1, bound / np.linalg.norm(g))


@mistake("direction")
def every_entry(G, bound):
    return np.clip(G, -bound, bound).mean(axis=0)


@mistake("short rows")
def all_to_the_bound(G, bound):
    norms = np.linalg.norm(G, axis=1)
    return (G * (bound / norms)[:, None]).mean(axis=0)


@mistake("no row")
def not_at_all(G, bound):
    return G.mean(axis=0)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for bound in (1.0, 2.5):
        G = rng.normal(0, 1, (7, 4)) * np.array([0.1, 0.3, 5, 1, 0.2, 8, 2])[:, None]
        right = np.zeros(4)
        for row in G:
            length = math.sqrt(math.fsum(v * v for v in row))
            right += row / 7 if length <= bound else row * bound / length / 7
        mean = G.sum(axis=0) / 7
        whole = np.array([row / math.hypot(*row) * bound for row in G]).sum(axis=0) / 7
        array(
            called(answer, G, bound, name="clipped_mean"),
            right,
            causes=[
                (mean, "no row was shortened."),
                (mean * min(1.0, bound / math.hypot(*mean)), "shorten each row before averaging."),
                (
                    G.clip(-bound, bound).sum(axis=0) / 7,
                    "cutting single entries changes a row's direction; scale the whole row.",
                ),
                (whole, "short rows are to be left as they are."),
            ],
            name="clipped_mean(G, bound)",
        )
