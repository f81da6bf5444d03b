"""Back-propagation through a hidden layer of sigmoids."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import mistake
from companion.exercises.compare import Counted, array, called, several, slope


def gradients(X, Y, W1, b1, W2, b2):
    A = 1 / (1 + np.exp(-(X @ W1 + b1)))
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = delta2 @ W2.T * A * (1 - A)
    return X.T @ delta1, delta1.sum(axis=0), A.T @ delta2, delta2.sum(axis=0)


@mistake("slope of the sigmoid")
def no_slope(X, Y, W1, b1, W2, b2):
    A = 1 / (1 + np.exp(-(X @ W1 + b1)))
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


@mistake("sigmoid twice")
def slope_at_the_output(X, Y, W1, b1, W2, b2):
    s = lambda z: 1 / (1 + np.exp(-z))
    A = s(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * s(A) * (1 - s(A))
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


@mistake("divide by n")
def summed(X, Y, W1, b1, W2, b2):
    A = 1 / (1 + np.exp(-(X @ W1 + b1)))
    d2 = A @ W2 + b2 - Y
    d1 = d2 @ W2.T * A * (1 - A)
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


@mistake("twice divided")
def mean_twice(X, Y, W1, b1, W2, b2):
    A = 1 / (1 + np.exp(-(X @ W1 + b1)))
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * A * (1 - A)
    return X.T @ d1, d1.mean(axis=0), A.T @ d2, d2.mean(axis=0)


@mistake("sign")
def turned(X, Y, W1, b1, W2, b2):
    A = 1 / (1 + np.exp(-(X @ W1 + b1)))
    d2 = (Y - A @ W2 - b2) / len(X)
    d1 = d2 @ W2.T * A * (1 - A)
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


@mistake("no finite differences")
def by_differences(X, Y, W1, b1, W2, b2):
    def objective(values):
        A = 1 / (1 + np.exp(-(X @ values[0] + values[1])))
        return np.square(A @ values[2] + values[3] - Y).sum() / (2 * len(X))

    p = [W1, b1, W2, b2]
    moved = [lambda v, i=i: objective([*p[:i], v, *p[i + 1 :]]) for i in range(4)]
    return [slope(f, value) for f, value in zip(moved, p, strict=True)]


@mistake("no loops")
def row_by_row(X, Y, W1, b1, W2, b2):
    total = [0, 0, 0, 0]
    for x, y in zip(X, Y, strict=True):
        found = gradients(x[None], y[None], W1, b1, W2, b2)
        total = [t + f / len(X) for t, f in zip(total, found, strict=True)]
    return total


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    rng = np.random.default_rng(8)
    names = ("W1", "b1", "W2", "b2")
    for n, d, hidden, k in ((5, 3, 4, 2), (3, 2, 2, 2), (2, 1, 3, 1)):
        shapes = ((n, d), (n, k), (d, hidden), (hidden,), (hidden, k), (k,))
        X, Y, *parameters = (rng.standard_normal(shape) for shape in shapes)
        right, mistaken = _network_slopes(X, Y, parameters)
        got = several(
            called(answer, X, Y, *parameters, name="gradients"),
            tuple(f"by {name}" for name in names),
            name="gradients",
        )
        for i, name in enumerate(names):
            causes = [
                (-right[i], "the sign is turned; start from Ŷ − Y."),
                (right[i] * n, "J is a mean: divide by n."),
            ]
            if name.startswith("b"):
                causes.append((right[i] / n, "it is twice divided by n; add up the error signals."))
            if i < 2:
                causes += [(values[i], words) for values, words in mistaken]
            array(got[i], right[i], causes=causes, name=f"The gradient by {name}")
    shapes = ((40, 6), (40, 3), (6, 8), (8,), (8, 3), (3,))
    many = [rng.standard_normal(shape) for shape in shapes]
    called(answer, *Counted.these(*many), name="gradients")


def _network_slopes(
    X: Array, Y: Array, parameters: list[Array]
) -> tuple[list[Array], list[tuple[list[Array], str]]]:
    """Differentiate the network without back-propagation; also name two mistakes in layer one.

    Returns:
        The gradients by the four parameters, and pairs of the wrong gradients by the first two
        with the mistake that leads to them.
    """

    def hidden(z: Any) -> Any:
        return (1 + np.tanh(z / 2)) / 2

    def objective(values: list[Any]) -> Any:
        W1, b1, W2, b2 = values
        error = np.dot(hidden(np.dot(X, W1) + b1), W2) + b2 - Y
        return np.sum(np.square(error)) / (2 * len(X))

    right = [
        slope(lambda p, i=i: objective([*parameters[:i], p, *parameters[i + 1 :]]), values)  # type: ignore[misc]
        for i, values in enumerate(parameters)
    ]
    W1, b1, W2, b2 = parameters
    A = hidden(np.dot(X, W1) + b1)
    by_A = slope(lambda a: np.sum(np.square(np.dot(a, W2) + b2 - Y)) / (2 * len(X)), A)
    twice = by_A / (4 * np.square(np.cosh(A / 2)))
    mistaken = [
        ([np.einsum("ni,nj->ij", X, signal), np.einsum("nj->j", signal)], words)
        for signal, words in (
            (by_A, "the slope of the sigmoid, A (1 − A), is missing."),
            (twice, "that takes the sigmoid twice; A already is its value."),
        )
    ]
    return right, mistaken
