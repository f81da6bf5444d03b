"""Tell whether a row's own price reaches its own columns."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, truth


def leaks(make, X, y):
    before = make(X, y)
    for i in range(len(y)):
        moved = y.copy()
        moved[i] = -moved[i]
        if not np.array_equal(make(X, moved)[i], before[i]):
            return True
    return False


@mistake("other rows")
def whole_table(make, X, y):
    before = make(X, y)
    for i in range(len(y)):
        moved = y.copy()
        moved[i] += 1000
        if not np.array_equal(make(X, moved), before):
            return True
    return False


@mistake("every row")
def first_row_only(make, X, y):
    moved = y.copy()
    moved[0] += 1000
    return not np.array_equal(make(X, moved)[0], make(X, y)[0])


@mistake("all prices at once")
def shuffled(make, X, y):
    return not np.array_equal(make(X, y[::-1].copy()), make(X, y))


@mistake("has no leak")
def always(make, X, y):
    return True


@mistake("every row")
def never(make, X, y):
    return False


Array = NDArray[np.float64]
Maker = Callable[[Array, Array], Array]


def neighbours(itself: Callable[[int], bool]) -> Maker:
    """Make columns from the prices of three neighbours; say of which rows with their own."""

    def make(X: Array, y: Array) -> Array:
        away = np.linalg.norm(X[:, None] - X[None], axis=-1)
        for row in range(len(X)):
            away[row, row] = -1 if itself(row) else np.inf
        near = np.argsort(away, axis=1, kind="stable")[:, :3]
        return np.column_stack([X, y[near].mean(axis=1), y[near].max(axis=1)])

    return make


MAKERS: list[tuple[Maker, bool, str]] = [
    (lambda X, _: np.square(X), False, "A table made without prices has no leak."),
    (neighbours(lambda row: True), True, "Each row is its own neighbour here: look at every row."),
    (
        neighbours(lambda row: False),
        False,
        "No row is its own neighbour here. Prices of other rows may move a row's columns: change "
        "one price, not all prices at once, and look at that row, not at other rows.",
    ),
    (
        neighbours(lambda row: row == 17),
        True,
        "Only the row number 17 sees itself here: try every row.",
    ),
    (
        lambda X, y: np.column_stack([X, np.full(len(y), y.mean())]),
        True,
        "The mean of all prices holds a row's own price, too: try every row.",
    ),
]


def judge(answer: Any) -> None:
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((24, 2)), np.rint(rng.uniform(5e4, 5e5, 24))
    for make, expected, words in MAKERS:
        if truth(called(answer, make, X, y, name="leaks"), name="leaks") != expected:
            raise Wrong(words)
