"""Columns that help a model see a housing market, made without a look at what it is judged on.

The engineered columns: logarithms of the skewed counts, the ratios that a buyer feels (rooms and
people a household), waves and steps, and the prices nearby. The last are the strong ones,
and the dangerous ones: a district's own price must not leak into its own inputs. They come from
*training* rows only, and a training row is never its own neighbour.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy.special import ndtr
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import QuantileTransformer

from companion.data.table import FEATURES, Floats
from companion.errors import CourseError

NEIGHBOURS = (4, 16, 64)
FREQUENCIES = (0.5, 1.0, 2.0, 4.0)  # waves a degree
NUM_STEPS = 12
# Columns without the ramps, which say nothing new to a tree: it cuts a column where it likes.
NUM_PLAIN_COLUMNS = 67
# A degree of longitude is shorter than one of latitude by the cosine of the latitude.
SHRINK = np.cos(np.deg2rad(36.0))


class HousingFeatures:
    """Fit on training rows, then transform any rows.

    Example:
        ``features = HousingFeatures().fit(X[train], y[train])``;
        ``features.training`` for the training rows, ``features.transform(X[test])`` for others.

    Attributes:
        training: the columns of the training rows, shape ``(rows, num_columns)``.
    """

    training: Floats

    def fit(self, X: Floats, y: Floats) -> Self:
        """Learn scales and neighbours from training rows.

        Args:
            X: training inputs, shape ``(rows, 8)``, in the order of ``FEATURES``.
            y: their prices, shape ``(rows,)``.

        Raises:
            CourseError: another number of columns, or fewer rows than neighbours.
        """
        most = max(NEIGHBOURS)
        if X.ndim != 2 or X.shape[1] != len(FEATURES) or len(X) <= most:
            raise CourseError(
                f"Housing features need more than {most} rows of {len(FEATURES)} columns; "
                f"the inputs have the shape {X.shape}."
            )
        self._prices = y
        self._incomes = np.log(X[:, 7])
        self._index = [NearestNeighbors(n_neighbors=most).fit(view) for view in _views(X)]
        plain = _plain(X)
        self._quantiles = QuantileTransformer(
            n_quantiles=min(1000, len(X)), output_distribution="normal", random_state=0
        )
        own = [index.kneighbors() for index in self._index]  # without each row itself
        near = self._near(own)
        self._quantiles.fit(np.hstack([plain, near]))
        self.training = self._assembled(X, plain, near)
        return self

    def transform(self, X: Floats) -> Floats:
        """Return the columns of other rows, shape ``(rows, num_columns)``.

        Args:
            X: inputs, shape ``(rows, 8)``; their prices are not asked for.
        """
        found = [i.kneighbors(v) for i, v in zip(self._index, _views(X), strict=True)]
        return self._assembled(X, _plain(X), self._near(found))

    def _near(self, found: list[tuple[Floats, np.ndarray]]) -> Floats:
        columns = []
        for distance, rows in found:
            for k in NEIGHBOURS:
                weight = 1 / (distance[:, :k] + 0.02)
                weight /= weight.sum(axis=1, keepdims=True)
                prices = self._prices[rows[:, :k]]
                mean = np.sum(weight * prices, axis=1)
                spread = np.sqrt(np.sum(weight * (prices - mean[:, None]) ** 2, axis=1))
                income = np.sum(weight * self._incomes[rows[:, :k]], axis=1)
                columns += [mean, spread, income]
            columns.append(np.log(distance[:, NEIGHBOURS[1] - 1] + 0.01))
        return np.column_stack(columns)

    def _assembled(self, X: Floats, plain: Floats, near: Floats) -> Floats:
        normal = np.clip(self._quantiles.transform(np.hstack([plain, near])), -3.5, 3.5)
        return np.hstack([normal, _waves(X), _steps(normal)])


def _views(X: Floats) -> list[Floats]:
    """Return two ideas of what is near: on the map, and on the map among equal incomes."""
    place = np.column_stack([X[:, 0] * SHRINK, X[:, 1]])
    return [place, np.column_stack([place, 0.3 * np.log(X[:, 7]), 0.004 * X[:, 2]])]


def _plain(X: Floats) -> Floats:
    longitude, latitude, age, rooms, bedrooms, people, households, income = X.T
    return np.column_stack(
        [
            longitude,
            latitude,
            longitude + latitude,
            longitude - latitude,
            age,
            np.log(rooms),
            np.log(bedrooms),
            np.log(people),
            np.log(households),
            np.log(income),
            np.log(rooms / households),
            np.log(bedrooms / rooms),
            np.log(people / households),
            np.log(people / rooms),
            income * rooms / people,
        ]
    )


def _steps(normal: Floats) -> Floats:
    """Write each column a second time as a row of ramps, one for each twelfth of the rows.

    Piecewise-linear encoding (Gorishniy et al., 2022): a dense layer on ramps can draw the
    staircase that a tree draws.
    """
    ranks = ndtr(normal)[:, :, None] * NUM_STEPS
    ramps: Floats = np.clip(ranks - np.arange(NUM_STEPS), 0, 1) - 0.5
    return ramps.reshape(len(normal), -1)


def _waves(X: Floats) -> Floats:
    place = np.column_stack([X[:, 0], X[:, 1], X[:, 0] + X[:, 1], X[:, 0] - X[:, 1]])
    angles = 2 * np.pi * place[:, :, None] * np.array(FREQUENCIES)
    angles = angles.reshape(len(X), -1)
    return np.hstack([np.sin(angles), np.cos(angles)])
