"""Standardise two arrays by the statistics of the first."""

import math
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, several


def standardise(train, other):
    mean = train.mean(axis=0)
    std = train.std(axis=0)
    return (train - mean) / std, (other - mean) / std


@mistake("rows of `other`")
def all_rows(train, other):
    rows = np.vstack([train, other])
    mean, std = rows.mean(axis=0), rows.std(axis=0)
    return (train - mean) / std, (other - mean) / std


@mistake("its own scale")
def each_its_own(train, other):
    return (
        (train - train.mean(axis=0)) / train.std(axis=0),
        (other - other.mean(axis=0)) / other.std(axis=0),
    )


@mistake("one scale for all columns")
def one_constant(train, other):
    mean, std = train.mean(), train.std()
    return (train - mean) / std, (other - mean) / std


@mistake("n − 1")
def sample_deviation(train, other):
    mean, std = train.mean(axis=0), train.std(axis=0, ddof=1)
    return (train - mean) / std, (other - mean) / std


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    train = rng.standard_normal((40, 3)) * [1, 100, 5000] + [0, 30, -7000]
    other = rng.standard_normal((11, 3)) * [2, 50, 100] + [4, 0, 9]
    result = called(answer, train, other, name="standardise")
    result = several(result, ("the scaled train", "the scaled other"), name="standardise")

    def scaled(rows: np.ndarray, by: np.ndarray) -> np.ndarray:
        columns = [
            (rows[:, j] - math.fsum(by[:, j]) / len(by)) / np.sqrt(np.var(by[:, j]))
            for j in range(by.shape[1])
        ]
        return np.stack(columns, axis=1)

    both = np.concatenate([train, other])
    smaller = math.sqrt((len(train) - 1) / len(train))
    array(
        result[0],
        scaled(train, train),
        causes=[
            (scaled(train, both), "rows of `other` entered the scale; fit on `train` alone."),
            ((train - train.mean()) / train.std(), "that is one scale for all columns."),
            (scaled(train, train) * smaller, "that deviation divides by n − 1; divide by n."),
        ],
        name="The scaled train",
    )
    array(
        result[1],
        scaled(other, train),
        causes=[(scaled(other, other), "`other` got its own scale; use that of `train`.")],
        name="The scaled other",
    )
