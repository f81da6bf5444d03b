"""The exposure of a secret, from its rank among all candidates."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def exposure(scores, true):
    rank = np.sum(scores >= scores[true])
    return np.log2(len(scores)) - np.log2(rank)


@mistake("natural logarithm")
def natural_logarithm(scores, true):
    return np.log(len(scores)) - np.log(np.sum(scores >= scores[true]))


@mistake("from the unlikeliest")
def counts_from_below(scores, true):
    return np.log2(len(scores)) - np.log2(np.sum(scores <= scores[true]))


@mistake("score the same")
def ties_count_for_the_secret(scores, true):
    return np.log2(len(scores)) - np.log2(1 + np.sum(scores > scores[true]))


@mistake("log2 of R")
def rank_only(scores, true):
    return -np.log2(np.sum(scores >= scores[true]))


@mistake("itself")
def rank_from_zero(scores, true):
    rank = np.sum(scores > scores[true])
    return np.log2(len(scores)) - np.log2(max(rank, 1e-300))


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    plain = np.log(rng.dirichlet(np.ones(64)))
    tied = np.array([-3.0, -1.0, -2.0, -2.0, -2.0, -5.0, -4.0, -2.0])
    best = int(np.argmax(plain))
    for scores, true in ((plain, 7), (plain, best), (tied, 3), (tied, 1), (plain, 40)):
        ordered = sorted(scores, reverse=True)
        rank = len(ordered) - ordered[::-1].index(scores[true])
        strict = ordered.index(scores[true])
        below = len(scores) - strict
        R = len(scores)
        value = called(answer, scores, true, name="exposure")
        causes: list[tuple[Any, str]] = [
            (np.log(R / rank), "that is the natural logarithm; bits need base 2."),
            (np.log2(R / below), "the rank was counted from the unlikeliest."),
            (np.log2(R / (strict + 1)), "candidates that score the same are tried first."),
            (-np.log2(rank), "log2 of R is missing."),
            (
                np.log2(R / max(strict, 1e-300)),
                "the rank counts the secret itself: it begins at 1.",
            ),
        ]
        number(value, float(np.log2(R / rank)), causes=causes, unit="bits", name="exposure")
