"""The article's program, mended: what goes into training and what comes out in dollars."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def mended(X, y, new, fit):
    mean, std = X.mean(axis=0), X.std(axis=0)
    centre, spread = y.mean(), y.std()
    network = fit((X - mean) / std, (y - centre) / spread)
    return network((new - mean) / std) * spread + centre


@mistake("one divisor")
def as_printed(X, y, new, fit):
    return fit(X / 10_000, y - 100_000)(new / 10_000)


@mistake("target")
def columns_only(X, y, new, fit):
    mean, std = X.mean(axis=0), X.std(axis=0)
    return fit((X - mean) / std, y - 100_000)((new - mean) / std) + 100_000


@mistake("undo")
def not_undone(X, y, new, fit):
    mean, std = X.mean(axis=0), X.std(axis=0)
    return fit((X - mean) / std, (y - y.mean()) / y.std())((new - mean) / std)


@mistake("scale of the training rows")
def own_scale(X, y, new, fit):
    network = fit((X - X.mean(axis=0)) / X.std(axis=0), (y - y.mean()) / y.std())
    return network((new - new.mean(axis=0)) / new.std(axis=0)) * y.std() + y.mean()


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    rng = np.random.default_rng(1)
    sizes = np.array([2.0, 1e-2, 3e3])
    X = rng.standard_normal((30, 3)) * sizes + [-120, 3, 2e3]
    new = rng.standard_normal((7, 3)) * sizes * 2 + [-118, 3, 1e3]
    y = 2e5 + X @ np.array([1e4, 2e6, 20.0]) - 1e4 * rng.random(30)

    def least_squares(inputs: Array, targets: Array) -> Callable[[Array], Array]:
        weights = np.linalg.pinv(np.insert(inputs, 0, 1.0, axis=1)).dot(targets)
        return lambda rows: np.insert(np.asarray(rows, float), 0, 1.0, axis=1).dot(weights)

    def fit(inputs: Any, targets: Any) -> Callable[[Array], Array]:
        inputs, targets = np.asarray(inputs, float), np.asarray(targets, float)
        if inputs.shape != X.shape or targets.shape != y.shape:
            raise Wrong(f"fit should get shapes {X.shape} and {y.shape}, one row a house.")
        if np.ptp(inputs.var(0)) > 1e-6:
            raise Wrong("The columns have different sizes: that is one divisor for all of them.")
        if np.abs(inputs.sum(0)).max() > 1e-3 or abs(inputs.var() - 1) > 1e-5:
            raise Wrong("Each column that fit gets should have mean 0 and deviation 1.")
        if abs(targets.sum()) > 1e-3 or abs(targets.var() - 1) > 1e-5:
            raise Wrong("The target that fit gets should have mean 0 and deviation 1, too.")
        return least_squares(inputs, targets)

    right = least_squares(X / sizes, y)(new / sizes)
    alone = least_squares((X - X.mean(0)) / np.sqrt(X.var(0)), y)
    strange = alone((new - new.mean(0)) / np.sqrt(new.var(0)))
    array(
        called(answer, X, y, new, fit, name="mended"),
        right,
        causes=[
            (
                (right - y.mean()) / np.sqrt(y.var()),
                "undo the scaling of the target; it is no price.",
            ),
            (strange, "new houses need the scale of the training rows, not their own."),
        ],
        name="The prices",
    )
