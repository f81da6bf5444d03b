"""Splits that say what they do, and scaling that never sees what it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.cluster import KMeans
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from companion.data.table import Floats, Indices
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
    counts = _counts(n, fractions)
    order = np.random.default_rng(seed).permutation(n)
    train, validation, test = np.split(order, np.cumsum(counts)[:-1])
    return Split(train, validation, test)


def stratified_split(
    y: Floats,
    fractions: tuple[float, float, float] = FRACTIONS,
    *,
    seed: int = 0,
    num_bins: int = 10,
) -> Split:
    """Shuffle, but give each part the same share of cheap and dear houses.

    Args:
        y: the target, shape ``(rows,)``; cut into ``num_bins`` classes of equal size.
        fractions: shares of training, validation and test, which sum to 1.
        seed: of the shuffle.
        num_bins: number of price classes.
    """
    counts = _counts(len(y), fractions)
    edges = np.quantile(y, np.linspace(0, 1, num_bins + 1)[1:-1])
    bins = np.searchsorted(edges, y)
    rest, test = train_test_split(
        np.arange(len(y)), test_size=counts[2], stratify=bins, random_state=seed
    )
    train, validation = train_test_split(
        rest, test_size=counts[1], stratify=bins[rest], random_state=seed
    )
    return Split(train, validation, test)


def place_split(
    coordinates: Floats,
    fractions: tuple[float, float, float] = FRACTIONS,
    *,
    seed: int = 0,
    num_places: int = 60,
) -> Split:
    """Hold whole places out, so that no test district has a neighbour in training.

    Args:
        coordinates: longitude and latitude, shape ``(rows, 2)``.
        fractions: shares of training, validation and test; met as nearly as whole places allow.
        seed: of the clustering and of the draw of places.
        num_places: number of clusters that the map is cut into.
    """
    _counts(len(coordinates), fractions)
    places = KMeans(num_places, n_init=1, random_state=seed).fit_predict(coordinates)
    return group_split(places, fractions, seed=seed)


def group_split(
    groups: ArrayLike, fractions: tuple[float, float, float] = FRACTIONS, *, seed: int = 0
) -> Split:
    """Hold whole groups out: patients, hospitals, chemical scaffolds, customers.

    Args:
        groups: the group of each row, numbers or words, shape ``(rows,)``.
        fractions: shares of training, validation and test; met as nearly as whole groups allow.
        seed: of the draw of groups.
    """
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    _counts(len(group), fractions)
    order = np.random.default_rng(seed).permutation(len(sizes))
    # The share of rows up to and including each group, in the drawn order, picks its part.
    reached = np.cumsum(sizes[order]) / len(group)
    part_of_group = np.empty(len(sizes), dtype=np.intp)
    part_of_group[order] = np.searchsorted(np.cumsum(fractions)[:2], reached, side="left")
    part = part_of_group[group]
    train, validation, test = (np.flatnonzero(part == k) for k in range(3))
    return Split(train, validation, test)


def walk_forward(
    n: int, *, first: int, step: int, gap: int = 0
) -> Iterator[tuple[Indices, Indices]]:
    """Train on the past, test on the next rows, move on; rows are in the order of time.

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


def last_rows_split(n: int, *, test: float = 0.2) -> Split:
    """Cut off the last rows without shuffling, as Keras' ``validation_split`` does.

    The validation part is empty: the article judges and chooses on the same rows.
    """
    cut = n - round(n * test)
    rows = np.arange(n)
    return Split(rows[:cut], rows[:0], rows[cut:])


def fit_scaler(X: Floats, split: Split) -> StandardScaler:
    """Fit scikit-learn's ``StandardScaler`` on the training rows alone.

    Args:
        X: inputs, shape ``(rows, columns)``.
        split: which rows are for training; the others change nothing.
    """
    return StandardScaler().fit(X[split.train])


def _counts(n: int, fractions: tuple[float, float, float]) -> tuple[int, int, int]:
    if not np.isclose(sum(fractions), 1.0) or min(fractions) < 0:
        raise CourseError(
            f"The shares of training, validation and test should sum to 1, not {fractions}."
        )
    validation, test = (round(n * share) for share in fractions[1:])
    train = n - validation - test
    if min(train, validation, test) < 1:
        raise CourseError(f"{n} rows are too few for the shares {fractions}: a part stays empty.")
    return train, validation, test
