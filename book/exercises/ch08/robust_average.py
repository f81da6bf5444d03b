"""The trimmed mean of clients, some of whom lie."""

import warnings
from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def robust(models, liars):
    ordered = np.sort(models, axis=0)
    return ordered[liars : len(models) - liars].mean(axis=0)


@mistake("plain mean")
def plain_mean(models, liars):
    return models.mean(axis=0)


@mistake("smallest values stay")
def one_side(models, liars):
    return np.sort(models, axis=0)[: len(models) - liars].mean(axis=0)


@mistake("each weight by itself")
def sorted_across(models, liars):
    order = np.sort(models, axis=1)
    return order[liars : len(models) - liars].mean(axis=0)


@mistake("liars = 0")
def minus_zero(models, liars):
    return np.sort(models, axis=0)[liars:-liars].mean(axis=0)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for K, liars in ((5, 1), (7, 3), (6, 0), (4, 1)):
        models = rng.standard_normal((K, 4))
        if liars:
            models[1] = [100.0, -100.0, 50.0, -70.0]
        expected = []
        for column in models.T.tolist():
            for _ in range(liars):
                column.remove(max(column))
                column.remove(min(column))
            expected.append(sum(column) / len(column))
        lowest_stay = np.sort(models, axis=0)[: K - liars].mean(axis=0)
        across = np.sort(models, axis=1)[liars : K - liars].mean(axis=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the mean of nothing
            got = called(answer, models, liars, name="robust")
        if liars == 0 and not np.isfinite(np.asarray(got, dtype=float)).all():
            raise Wrong("For liars = 0 nothing is left: the slice [0:-0] is empty.")
        array(
            got,
            expected,
            causes=[
                (models.mean(axis=0), "that is the plain mean; one liar moves it anywhere."),
                (lowest_stay, "the smallest values stay in; trim both ends."),
                (across, "sort each weight by itself, along the clients (axis 0)."),
            ]
            if liars
            else [],
            name=f"robust for {K} clients and liars = {liars}",
        )
