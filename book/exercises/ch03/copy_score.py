"""How much a head copies, for a repeat of any length."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def copy_score(weights, n):
    rows = np.arange(n, len(weights) - 1)
    return weights[rows, rows - n + 1].mean()


@mistake("looks at the same token")
def same_token(weights, n):
    rows = np.arange(n, len(weights) - 1)
    return weights[rows, rows - n].mean()


@mistake("every row")
def all_rows(weights, n):
    rows = np.arange(n - 1, len(weights) - 1)
    return weights[rows, rows - n + 1].sum() / len(weights)


@mistake("sum")
def summed(weights, n):
    rows = np.arange(n, len(weights) - 1)
    return weights[rows, rows - n + 1].sum()


@mistake("turned round")
def transposed(weights, n):
    rows = np.arange(n, len(weights) - 1)
    return weights[rows - n + 1, rows].mean()


def judge(answer: Any) -> None:
    rng = np.random.default_rng(5)
    for n, tokens in ((4, 8), (3, 9)):
        scores = np.tril(rng.random((tokens, tokens)) + 0.1)
        weights = scores / scores.sum(axis=1, keepdims=True)
        # Each token but the last, from the second time on: where it stood before, one further.
        places = [(t, t - n + 1) for t in range(n, tokens - 1)]
        right = sum(float(weights[t, s]) for t, s in places) / len(places)
        causes = [
            (
                sum(weights[t, s - 1] for t, s in places) / len(places),
                "your head looks at the same token; it should look one place further.",
            ),
            (
                sum(weights[t, t - n + 1] for t in range(n - 1, tokens - 1)) / tokens,
                "not every row has a place to copy from.",
            ),
            (right * len(places), "take the mean, not the sum."),
            (0.0, "rows look at columns; yours is turned round."),
        ]
        number(
            called(answer, weights, n, name="copy_score"), right, causes=causes, name="the score"
        )
