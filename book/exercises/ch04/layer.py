"""A dense layer for a whole batch."""

import math
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import Counted, array, called


def layer(X, W, b):
    return X @ W + b


@mistake("the batch stands left")
def weights_first(X, W, b):
    return W @ X + b


@mistake("`W` is transposed")
def weights_turned(X, W, b):
    return X @ W.T + b


@mistake("the bias is missing")
def no_bias(X, W, b):
    return X @ W


@mistake("one value for each output")
def bias_down_the_rows(X, W, b):
    return X @ W + b[:, None]


@mistake("no loops")
def row_by_row(X, W, b):
    return np.stack([x @ W + b for x in X])


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    # All square first: there every wrong order has a value, and can be named.
    for n, d, k in ((3, 3, 3), (5, 4, 2), (1, 2, 6)):
        X, W, b = (rng.standard_normal(shape) for shape in ((n, d), (d, k), (k,)))
        product = np.array([[math.fsum(x * w) for w in W.T] for x in X])
        causes = [(product, "the bias is missing.")]
        if n == d == k:
            causes += [
                (W.dot(X) + b, "in our notation the batch stands left of `W`."),
                (X.dot(W.T) + b, "`W` is transposed; it already has one column an output."),
                (product + b.reshape(k, 1), "`b` has one value for each output, not each example."),
            ]
        array(
            called(answer, X, W, b, name="layer"),
            product + np.tile(b, (n, 1)),
            causes=causes,
            name=f"layer for n = {n}, d = {d}, k = {k}",
        )
    many = [rng.standard_normal(shape) for shape in ((60, 4), (4, 3), (3,))]
    called(answer, *Counted.these(*many, at_most=30), name="layer")
