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
# Share of the rows by which a draw of groups may miss a part before the groups are packed.
LARGEST_MISS = 0.05


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

    Raises:
        CourseError: the shares do not sum to 1, or there are fewer rows than places, or than three.
    """
    _counts(len(coordinates), fractions)
    if not 3 <= num_places <= len(coordinates):
        raise CourseError(
            f"A map of {len(coordinates)} rows can be cut into 3 to {len(coordinates)} places, not "
            f"{num_places}."
        )
    places = KMeans(num_places, n_init=1, random_state=seed).fit_predict(coordinates)
    return group_split(places, fractions, seed=seed)


def group_split(
    groups: ArrayLike, fractions: tuple[float, float, float] = FRACTIONS, *, seed: int = 0
) -> Split:
    """Hold whole groups out: patients, hospitals, chemical scaffolds, customers.

    The groups are drawn at random. Where a draw misses a share by more than 5 % of the rows, as it
    may with a few large groups, they are packed instead, the largest first, each into the part that
    lacks most; of draw and packing the one closer to the shares is returned.

    Args:
        groups: the group of each row, numbers or words, shape ``(rows,)``.
        fractions: shares of training, validation and test; met as nearly as whole groups allow.
        seed: of the draw of groups.

    Raises:
        CourseError: the shares do not sum to 1, or there are fewer than three groups.
    """
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    _counts(len(group), fractions)
    if len(sizes) < 3:
        raise CourseError(
            f"Three parts need at least three groups, not {len(sizes)}; one would stay empty."
        )

    def missed(part_of_group: Indices) -> float:
        shares = np.bincount(part_of_group, sizes, 3) / len(group)
        return float(np.abs(shares - fractions).max()) if shares.all() else np.inf

    order = np.random.default_rng(seed).permutation(len(sizes))
    choice = _drawn(sizes, order, fractions)
    if missed(choice) > LARGEST_MISS:
        choice = min(choice, _packed(sizes, order, fractions), key=missed)
    part = choice[group]
    train, validation, test = (np.flatnonzero(part == k) for k in range(3))
    return Split(train, validation, test)


def _drawn(sizes: Indices, order: Indices, fractions: tuple[float, float, float]) -> Indices:
    """Pick a group's part by the share of rows up to and including it, in the drawn order."""
    reached = np.cumsum(sizes[order]) / sizes.sum()
    part = np.empty(len(sizes), dtype=np.intp)
    part[order] = np.searchsorted(np.cumsum(fractions)[:2], reached, side="left")
    return part


def _packed(sizes: Indices, order: Indices, fractions: tuple[float, float, float]) -> Indices:
    """Put the largest group first into the part that lacks most; the last ones fill empty parts."""
    part, lack = np.empty(len(sizes), dtype=np.intp), np.array(fractions) * sizes.sum()
    empty = {0, 1, 2}
    for done, i in enumerate(order[np.argsort(-sizes[order], kind="stable")]):
        choices = empty if len(sizes) - done == len(empty) else range(3)
        part[i] = max(choices, key=lack.__getitem__)
        empty.discard(int(part[i]))
        lack[part[i]] -= sizes[i]
    return part


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

    Raises:
        CourseError: so few rows that the training or the test part would be empty.
    """
    cut = n - round(n * test)
    if not 0 < cut < n:
        raise CourseError(f"{n} rows cannot give {test!r} of them to the test: a part stays empty.")
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
