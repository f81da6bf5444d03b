"""Squared distances of all pairs by array operations, judged by time, too."""

import time
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def distances(A, B):
    differences = A[:, None] - B[None]
    squares = differences**2
    return squares.sum(axis=-1)


@mistake("loop")
def loop(A, B):
    return np.array([[((a - b) ** 2).sum() for b in B] for a in A])


@mistake("squared")
def rooted(A, B):
    return np.sqrt(((A[:, None] - B[None]) ** 2).sum(axis=2))


@mistake("transposed")
def turned(A, B):
    return ((A[:, None] - B[None]) ** 2).sum(axis=2).T


@mistake("absolute")
def no_square(A, B):
    return np.abs(A[:, None] - B[None]).sum(axis=2)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((5, 3)), rng.standard_normal((4, 3))
    plain = cdist(A, B)
    array(
        called(answer, A, B, name="distances"),
        cdist(A, B, "sqeuclidean"),
        causes=[
            (plain, "these are the distances; wanted are the squared ones."),
            (cdist(A, B, "cityblock"), "these are sums of absolute differences; square first."),
        ],
        name="distances(A, B)",
    )
    many = rng.standard_normal((600, 8))
    begin = time.process_time()
    called(answer, many, many, name="distances")
    if time.process_time() - begin > 0.4:
        raise Wrong("Right, but slow: that is a loop over pairs. Let one array operation do it.")
