"""Least squares with an intercept, for columns that repeat, too."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called, raises


def linear(X, y):
    with_one = np.column_stack([np.ones(len(X)), X])
    return np.linalg.lstsq(with_one, y)[0]


@mistake("intercept")
def no_intercept(X, y):
    w = np.linalg.lstsq(X, y, rcond=None)[0]
    return np.concatenate([[0.0], w])


@mistake("last")
def intercept_last(X, y):
    A = np.column_stack([X, np.ones(len(X))])
    return np.linalg.lstsq(A, y, rcond=None)[0]


@mistake("equal columns")
def inverse(X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return np.linalg.inv(A.T @ A) @ A.T @ y


def judge(answer: Any) -> None:
    rng = np.random.default_rng(1)
    X = rng.standard_normal((30, 3)) + np.array([0, 2, -1])
    truth = np.array([1.5, 2.0, -3.0, 0.5])
    y = truth[0] + X @ truth[1:]
    through_zero = np.append(0.0, np.linalg.solve(X.T @ X, X.T @ y))
    array(
        called(answer, X, y, name="linear"),
        truth,
        causes=[
            (np.roll(truth, -1), "the intercept stands last; it should come first."),
            (through_zero, "the line goes through zero; the intercept is missing."),
        ],
        rtol=1e-5,
        name="The coefficients",
    )
    twice = np.column_stack([X[:, 0], X[:, 0]])
    noisy = 3.0 + 2.0 * X[:, 0] + 0.1 * rng.standard_normal(30)
    if raises(answer, twice, noisy):
        raise Wrong("With two equal columns it stops; least squares still has a solution.")
    w = np.asarray(called(answer, twice, noisy, name="linear"), float)
    centred = X[:, 0] - X[:, 0].mean()
    slope = centred @ noisy / (centred @ centred)
    fitted = noisy.mean() + slope * centred
    if w.shape != (3,) or not np.allclose(w[0] + twice @ w[1:], fitted, atol=1e-4):
        raise Wrong("With two equal columns the fitted line is wrong; the normal equations cannot.")
