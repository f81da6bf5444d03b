"""What a decision needs beside a score: a radius to rely on, costs, calibration, net benefit.

Scores are scikit-learn's, and their intervals those of :mod:`companion.trial`. In all functions
``y`` holds 1 for the rare, bad case and 0 otherwise.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from companion.errors import CourseError

Floats = NDArray[np.float64]


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


def precision_at(prevalence: ArrayLike, sensitivity: float, specificity: float) -> Floats:
    """Share of alarms that are right, by Bayes' theorem.

    Args:
        prevalence: share of bad cases, any shape.
        sensitivity: share of the bad cases that raise an alarm.
        specificity: share of the good cases that raise none.
    """
    share = np.asarray(prevalence, float)
    right, wrong = share * sensitivity, (1 - share) * (1 - specificity)
    return np.asarray(right / (right + wrong))


class CostCurve(NamedTuple):
    """Total cost of raising an alarm for every score at or above each threshold."""

    thresholds: Floats
    costs: Floats


def cost_curve(y: ArrayLike, scores: ArrayLike, *, alarm: float, miss: ArrayLike) -> CostCurve:
    """Price every threshold at once: each alarm costs, and each bad case without one.

    Args:
        y: truth, 0 or 1, shape ``(rows,)``.
        scores: larger means worse, same shape.
        alarm: cost of one alarm, right or false.
        miss: cost of a bad case that is let pass, one number or one a row.

    Returns:
        Thresholds from infinity downwards, one for each different score, and their costs.
    """
    truth = _two_classes(y, scores)
    order = np.argsort(-np.asarray(scores, float), kind="stable")
    ranked = np.asarray(scores, float)[order]
    loss = (truth * np.broadcast_to(np.asarray(miss, float), truth.shape))[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # of each run of equals
    costs = alarm * (last + 1) + loss.sum() - np.cumsum(loss)[last]
    return CostCurve(np.append(np.inf, ranked[last]), np.append(loss.sum(), costs))


def calibration_gap(y: ArrayLike, probability: ArrayLike, *, bins: int = 10) -> float:
    """Mean distance between stated and observed share, over bins of equal width.

    The bins weigh as many as they have rows: the expected calibration error (Naeini et al., 2015),
    one number for scikit-learn's ``calibration_curve``.

    Args:
        y: truth, 0 or 1, shape ``(rows,)``.
        probability: stated probability of 1, same shape.
        bins: number of bins between 0 and 1.
    """
    truth, stated = _two_classes(y, probability), _probability(probability)
    place = np.minimum((stated * bins).astype(int), bins - 1)
    return float(np.abs(np.bincount(place, stated - truth)).sum() / len(truth))


def net_benefit(y: ArrayLike, probability: ArrayLike, thresholds: ArrayLike) -> Floats:
    """Net benefit of treating whom the model gives at least the threshold (Vickers & Elkin, 2006).

    Hits minus false alarms, a false alarm weighted by the odds of the threshold, per person. Who
    treats at a 10 % risk holds one missed case to be as bad as nine needless treatments.

    Args:
        y: truth, 0 or 1, shape ``(rows,)``.
        probability: stated probability of 1, same shape; all ones mean "treat all".
        thresholds: probabilities at which one would treat, between 0 and 1, shape ``(k,)``.
    """
    truth, stated = _two_classes(y, probability), _probability(probability)
    at = np.asarray(thresholds, float)
    if at.ndim != 1 or at.min() <= 0 or at.max() >= 1:
        raise CourseError("Thresholds should be a list of probabilities between 0 and 1.")
    treated = stated >= at[:, None]
    hits, false_alarms = (treated & truth).mean(axis=1), (treated & ~truth).mean(axis=1)
    return np.asarray(hits - false_alarms * at / (1 - at))


def moved_prevalence(probability: ArrayLike, old: float, new: float) -> Floats:
    """Correct probabilities for a place where bad cases are rarer or more frequent.

    Only the prior odds change (Elkan, 2001, theorem 2); what the cases look like must stay.

    Args:
        probability: stated where the share of bad cases was ``old``, any shape.
        old: share of bad cases among the training rows.
        new: share where the model is used.
    """
    return np.asarray(expit(logit(_probability(probability)) + logit(new) - logit(old)))


def _two_classes(y: ArrayLike, *columns: ArrayLike) -> NDArray[np.bool_]:
    truth = np.asarray(y)
    if truth.ndim != 1 or set(np.unique(truth)) != {0, 1}:
        raise CourseError("The truth should be one column that holds both 0 and 1.")
    for column in columns:
        if np.shape(column) != truth.shape:
            raise CourseError(
                f"Truth has the shape {truth.shape} and a column {np.shape(column)}; they should "
                "be equal."
            )
    return truth.astype(bool)


def _probability(values: ArrayLike) -> Floats:
    stated = np.asarray(values, float)
    if not ((stated >= 0) & (stated <= 1)).all():
        raise CourseError("Probabilities should lie between 0 and 1; give no raw scores.")
    return stated
