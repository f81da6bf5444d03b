"""Clipped gradients of a layer, without forming them."""

import math
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def clipped_layer(A, D, bound):
    lengths = np.sqrt((A**2).sum(axis=1) * (D**2).sum(axis=1))
    shares = np.where(lengths > bound, bound / lengths, 1)
    return (A * shares[:, None]).T @ D


@mistake("after the sum")
def sum_clipped(A, D, bound):
    G = A.T @ D
    return G * min(1, bound / np.linalg.norm(G))


@mistake("nobody is clipped")
def not_clipped(A, D, bound):
    return A.T @ D


@mistake("error signal alone")
def error_only(A, D, bound):
    lengths = np.linalg.norm(D, axis=1)
    return (A * np.minimum(1, bound / lengths)[:, None]).T @ D


@mistake("stretched")
def all_stretched(A, D, bound):
    lengths = np.linalg.norm(A, axis=1) * np.linalg.norm(D, axis=1)
    return (A * (bound / lengths)[:, None]).T @ D


@mistake("sum, not the mean")
def mean(A, D, bound):
    lengths = np.linalg.norm(A, axis=1) * np.linalg.norm(D, axis=1)
    return (A * np.minimum(1, bound / lengths)[:, None]).T @ D / len(A)


def judge(answer: Any) -> None:
    for n, d, k, seed in ((6, 4, 3, 0), (9, 3, 5, 1), (5, 5, 2, 2)):
        rng = np.random.default_rng(seed)
        A = rng.normal(size=(n, d)) * rng.uniform(0.3, 2, (n, 1))
        D = rng.normal(size=(n, k)) * rng.uniform(0.3, 2, (n, 1))
        right, raw, by_error, stretched = (np.zeros((d, k)) for _ in range(4))
        bound = 1.5
        for a, e in zip(A, D, strict=True):
            own = np.array([[x * z for z in e] for x in a])
            length = math.sqrt(sum(v * v for v in own.flat))
            right += own / max(1.0, length / bound)
            raw += own
            by_error += own / max(1.0, math.hypot(*e) / bound)
            stretched += own / (length / bound)
        whole = math.sqrt(sum(v * v for v in raw.flat))
        array(
            called(answer, A, D, bound, name="clipped_layer"),
            right,
            causes=[
                (raw, "nobody is clipped."),
                (
                    raw / max(1.0, whole / bound),
                    "that clips after the sum; one person has pulled it by then.",
                ),
                (by_error, "that is the length of the error signal alone, not of the gradient."),
                (stretched, "gradients that are short enough must stay; yours are stretched."),
                (right / n, "give the sum, not the mean."),
            ],
            name="clipped_layer",
        )
