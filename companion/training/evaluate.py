"""How good is a prediction, and how sure are we: errors, bootstrap and conformal intervals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from companion.errors import CourseError

Floats = NDArray[np.float64]


def rmse(y: Floats, prediction: Floats) -> float:
    """Root of the mean squared error, in the unit of ``y``.

    Args:
        y: truth, shape ``(rows,)``.
        prediction: guesses, same shape.
    """
    _same_shape(y, prediction)
    return float(np.sqrt(np.mean((y - prediction) ** 2)))


def mae(y: Floats, prediction: Floats) -> float:
    """Mean absolute error, in the unit of ``y``; arguments as for :func:`rmse`."""
    _same_shape(y, prediction)
    return float(np.mean(np.abs(y - prediction)))


def bootstrap_interval(
    values: Floats,
    statistic: Callable[..., Floats] = np.mean,
    *,
    coverage: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> tuple[float, float]:
    """Interval of a statistic by the percentile bootstrap (Efron & Tibshirani, 1993, ch. 13).

    Args:
        values: one number a row, shape ``(rows,)``, such as squared errors.
        statistic: a function of an array and its ``axis``.
        coverage: share of resampled statistics inside the interval.
        draws: number of resamples.
        seed: of the resampling.

    Returns:
        Lower and upper end.
    """
    rows = np.random.default_rng(seed).integers(len(values), size=(draws, len(values)))
    resampled = statistic(np.asarray(values)[rows], axis=1)
    low, high = np.quantile(resampled, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)


def conformal_radius(scores: Floats, coverage: float) -> float:
    """Radius that covers a new row with at least the stated probability.

    Split conformal prediction (Lei et al., 2018, theorem 2.2): the ⌈(n + 1) · coverage⌉-th smallest
    of ``n`` scores on rows that the model has not seen.

    Args:
        scores: absolute errors on held-out rows, shape ``(rows,)``; or errors divided by a guess of
            their size, which makes intervals that are wider where the model is less sure.
        coverage: wanted share of new rows inside, between 0 and 1.

    Raises:
        CourseError: too few scores for so high a coverage.
    """
    rank = math.ceil((len(scores) + 1) * coverage)
    if not 0 < coverage < 1 or rank > len(scores):
        raise CourseError(
            f"Coverage {coverage} needs to lie between 0 and 1, and at least "
            f"{math.ceil(coverage / (1 - coverage)) if coverage < 1 else 'some'} held-out rows; "
            f"there are {len(scores)}."
        )
    return float(np.partition(scores, rank - 1)[rank - 1])


def _same_shape(y: Floats, prediction: Floats) -> None:
    if np.shape(y) != np.shape(prediction):
        raise CourseError(
            f"Truth has the shape {np.shape(y)} and prediction {np.shape(prediction)}; they should "
            "be equal, else NumPy compares every row with every other."
        )
