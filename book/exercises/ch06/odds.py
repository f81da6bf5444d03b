"""The item-response model for all pupils and exercises at once."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def right(theta, d):
    return 1 / (1 + np.exp(d - theta[:, None]))


@mistake("wrong answer")
def turned(theta, d):
    return 1 / (1 + np.exp(theta[:, None] - d))


@mistake("transposed")
def transposed(theta, d):
    return 1 / (1 + np.exp(d[:, None] - theta))


@mistake("log-odds")
def logit(theta, d):
    return theta[:, None] - d


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for n, m in ((4, 6), (1, 3), (5, 1)):
        theta, d = rng.normal(size=n), rng.normal(size=m)
        logit = np.subtract.outer(theta, d)
        expected = 0.5 + 0.5 * np.tanh(logit / 2)  # the sigmoid, written as a tanh
        array(
            called(answer, theta, d, name="right"),
            expected,
            causes=[
                (1 - expected, "that is the chance of a wrong answer."),
                (logit, "those are the log-odds; take their sigmoid."),
            ],
            name="right",
        )
