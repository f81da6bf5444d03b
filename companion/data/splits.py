"""Splits that say what they do: by chance, by group, by time."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from companion.data.table import Indices
from companion.errors import CourseError

FRACTIONS = (0.64, 0.16, 0.20)


class Split(NamedTuple):
    """Row numbers for training, for choosing, and for the one final judgement."""

    train: Indices
    validation: Indices
    test: Indices


def random_split(
    n: int, fractions: tuple[float, float, float] = FRACTIONS, *, seed: int = 0
) -> Split:
    """Shuffle ``n`` rows and cut them by the given shares.

    Args:
        n: number of rows, at least 3.
        fractions: shares of training, validation and test, which sum to 1.
        seed: of the shuffle.

    Raises:
        CourseError: the shares do not sum to 1, or leave a part empty.
    """
    _check(fractions)
    validation, test = (round(n * share) for share in fractions[1:])
    order = np.random.default_rng(seed).permutation(n)
    return _filled(Split(*np.split(order, [n - validation - test, n - test])))


def group_split(
    groups: ArrayLike, fractions: tuple[float, float, float] = FRACTIONS, *, seed: int = 0
) -> Split:
    """Hold whole groups out, drawn by chance: patients, hospitals, chemical scaffolds, customers.

    Args:
        groups: the group of each row, numbers or words, shape ``(rows,)``.
        fractions: shares of training, validation and test; met as nearly as whole groups allow.
        seed: of the draw of groups.

    Raises:
        CourseError: the shares do not sum to 1, or the groups are so few that a part stays empty.
    """
    _check(fractions)
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(sizes))
    reached = np.cumsum(sizes[order]) / sizes.sum()  # share of rows up to and including a group
    part = np.empty(len(sizes), dtype=np.intp)
    part[order] = np.searchsorted(np.cumsum(fractions)[:2], reached, side="left")
    return _filled(Split(*(np.flatnonzero(part[group] == k) for k in range(3))))


def walk_forward(
    n: int, *, first: int, step: int, gap: int = 0
) -> Iterator[tuple[Indices, Indices]]:
    """Train on the past, test on the next rows, move on; rows are in the order of time.

    As scikit-learn's ``TimeSeriesSplit``, but from a row that is named, and to the last row.

    Args:
        n: number of rows.
        first: rows before the first test, the gap included.
        step: rows a test, and how far each next one moves on; the last may be shorter.
        gap: rows left out before each test. A target that looks ``k`` rows ahead needs a gap of
            ``k - 1``, else the last training targets look into the test.

    Yields:
        Row numbers for training and for testing.

    Raises:
        CourseError: a step below 1, or no room for training rows or for a test.
    """
    if step < 1 or not 0 <= gap < first < n:
        raise CourseError(
            f"Walking forward over {n} rows needs step >= 1 and 0 <= gap < first < n, not step "
            f"{step}, gap {gap}, first {first}."
        )
    for start in range(first, n, step):
        yield np.arange(start - gap), np.arange(start, min(start + step, n))


def _check(fractions: tuple[float, float, float]) -> None:
    if not np.isclose(sum(fractions), 1.0) or min(fractions) < 0:
        raise CourseError(
            f"The shares of training, validation and test should sum to 1, not {fractions}."
        )


def _filled(split: Split) -> Split:
    if not all(map(len, split)):
        raise CourseError(
            f"Training, validation and test have {', '.join(str(len(part)) for part in split)} "
            "rows, and none should be empty; give more rows or groups, other shares or another "
            "seed."
        )
    return split
