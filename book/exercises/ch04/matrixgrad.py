"""The gradient of a product by its matrix, for one example."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, slope


def gradient(x, g):
    return np.outer(x, g)


@mistake("transposed")
def turned(x, g):
    return np.outer(g, x)


@mistake("every pair")
def elementwise(x, g):
    return x * g


@mistake("one number")
def inner(x, g):
    return x @ g


def judge(answer: Any) -> None:
    rng = np.random.default_rng(1)
    for d, k in ((3, 3), (4, 2), (1, 5)):
        x, g, W = (rng.standard_normal(shape) for shape in (d, k, (d, k)))
        expected = slope(lambda moved, x=x, g=g: (x.dot(moved) * g).sum(), W)  # type: ignore[misc]
        causes: list[tuple[Any, str]] = [(expected.T, "it is transposed: W has d rows.")]
        if d == k:
            causes += [
                (
                    np.diag(expected),
                    "you need the product of every pair x[i], g[j], not d of them.",
                ),
                (np.trace(expected), "that is one number; W has d times k entries."),
            ]
        array(
            called(answer, x, g, name="gradient"),
            expected,
            causes=causes,
            name=f"gradient for d = {d}, k = {k}",
        )
