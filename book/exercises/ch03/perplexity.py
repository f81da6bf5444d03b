"""Perplexity from natural log-probabilities."""

import math
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def perplexity(log_probs):
    return np.exp(-np.mean(log_probs))


@mistake("Take the mean first")
def mean_of_inverses(log_probs):
    return np.mean(np.exp(-np.asarray(log_probs)))


@mistake("whole text")
def sum_of_losses(log_probs):
    return np.exp(-np.sum(log_probs))


@mistake("natural")
def bits(log_probs):
    return 2 ** -np.mean(log_probs)


@mistake("the loss itself")
def loss(log_probs):
    return -np.mean(log_probs)


@mistake("below 1")
def sign(log_probs):
    return np.exp(np.mean(log_probs))


def judge(answer: Any) -> None:
    for shares in ([0.5, 0.25, 0.125, 0.5], [0.2, 0.2, 0.2], [0.9, 0.01], [0.3]):
        p = np.array(shares)
        chance = math.prod(shares)  # of the whole text
        right = chance ** (-1 / len(shares))
        loss = math.log(right)
        causes = [
            (1 / right, "a perplexity is never below 1; mind the sign."),
            (loss, "that is the loss itself; take its exponential."),
            (2**loss, "the logarithms are natural, so the base is e, not 2."),
        ]
        if len(shares) > 1:
            causes += [
                (1 / chance, "that is one over the chance of the whole text; take the mean."),
                (sum(1 / s for s in shares) / len(shares), "Take the mean first, then the power."),
            ]
        number(
            called(answer, np.log(p), name="perplexity"), right, causes=causes, name="perplexity"
        )
