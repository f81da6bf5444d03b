"""Federated averaging, from memory."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def federated(models, counts):
    shares = counts / np.sum(counts)
    return shares @ models


@mistake("every client")
def plain(models, counts):
    return models.mean(axis=0)


@mistake("add up")
def not_divided(models, counts):
    return counts @ models


@mistake("add up")
def by_clients(models, counts):
    return counts @ models / len(counts)


@mistake("not right")
def softmaxed(models, counts):
    shares = counts**2 / np.sum(counts**2)
    return shares @ models


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    models, counts = rng.normal(0, 1, (4, 3)), np.array([10, 200, 30, 1])
    # One row an example: then the plain mean is the right one.
    every = np.repeat(models, counts, axis=0)
    got = called(answer, models, counts, name="federated")
    if np.shape(got) == (3,) and np.allclose(got, np.square(counts) @ models / 41_001):
        raise Wrong("The shares are not right: they go with the counts, not with their squares.")
    array(
        got,
        every.sum(axis=0) / len(every),
        causes=[
            (models.sum(axis=0) / 4, "here every client counts the same, not every example."),
            (every.sum(axis=0), "the shares must add up to one."),
            (every.sum(axis=0) / 4, "the shares must add up to one."),
        ],
        name="federated(models, counts)",
    )
