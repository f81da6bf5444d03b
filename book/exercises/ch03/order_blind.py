"""A check that tells whether attention knows the order of the earlier tokens."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import mistake
from companion.exercises.compare import called, number


def order_gap(attend, X):
    turned = np.concatenate([X[:-1][::-1], X[-1:]])
    return np.abs(attend(turned)[-1] - attend(X)[-1]).max()


@mistake("last token moved")
def all_turned(attend, X):
    return np.abs(attend(X[::-1])[-1] - attend(X)[-1]).max()


@mistake("only the last row")
def every_row(attend, X):
    turned = np.concatenate([X[:-1][::-1], X[-1:]])
    return np.abs(attend(turned) - attend(X)).max()


@mistake("sign")
def signed(attend, X):
    turned = np.concatenate([X[:-1][::-1], X[-1:]])
    return (attend(turned)[-1] - attend(X)[-1]).max()


@mistake("largest difference")
def mean(attend, X):
    turned = np.concatenate([X[:-1][::-1], X[-1:]])
    return np.abs(attend(turned)[-1] - attend(X)[-1]).mean()


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    def attend(X: Array) -> Array:
        """Causal attention of a token's row to itself and the earlier ones, written out."""
        rows = []
        for i in range(len(X)):
            powers = [float(np.exp(X[i] @ X[j])) for j in range(i + 1)]
            total = sum(powers)
            rows.append(sum(p / total * X[j] for j, p in enumerate(powers)))
        return np.array(rows)

    X = np.array([[0.3, -0.5, 0.9], [1.0, 0.2, -0.4], [-0.7, 0.6, 0.1], [0.2, 0.4, -0.3]])
    places = np.array([[0.5, 0.0, 0.1], [0.0, 0.7, 0.0], [-0.6, 0.0, 0.2], [0.1, -0.2, 0.8]])

    def placed(X: Array) -> Array:
        return attend(X + places)

    reverse = [2, 1, 0, 3]
    for layer in (placed, attend):
        gaps = layer(X[reverse]) - layer(X)
        last = gaps[-1]
        causes = [
            (np.abs(layer(X[::-1])[-1] - layer(X)[-1]).max(), "the last token moved, too."),
            (np.abs(gaps).max(), "compare only the last row; the others see other tokens."),
            (last.max(), "the sign is still there: take absolute values."),
            (np.abs(last).mean(), "it is the mean; the largest difference is asked."),
        ]
        got = called(answer, layer, X.copy(), name="order_gap")
        number(got, np.abs(last).max(), causes=causes, atol=1e-9, name="the gap")
