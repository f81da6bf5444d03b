"""How good is a yes or a no: intervals, costs, calibration and the benefit of deciding by a model.

Ranking scores (area under the ROC curve, average precision) are scikit-learn's. Here stands what a
decision needs beside them. In all functions ``y`` holds 1 for the rare, bad case and 0 otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from scipy.stats import norm

from companion.errors import CourseError

Floats = NDArray[np.float64]


class Counts(NamedTuple):
    """The two-by-two table of truth and alarm."""

    hits: int
    misses: int
    false_alarms: int
    correct_rejections: int

    @property
    def sensitivity(self) -> float:
        """Share of the bad cases that raise an alarm (also called recall)."""
        return self.hits / (self.hits + self.misses)

    @property
    def specificity(self) -> float:
        """Share of the good cases that raise none."""
        return self.correct_rejections / (self.correct_rejections + self.false_alarms)

    @property
    def precision(self) -> float:
        """Share of the alarms that are right; NaN when there is no alarm."""
        alarms = self.hits + self.false_alarms
        return self.hits / alarms if alarms else float("nan")

    @property
    def accuracy(self) -> float:
        """Share of all cases that are judged right."""
        return (self.hits + self.correct_rejections) / sum(self)


def counts(y: ArrayLike, alarm: ArrayLike) -> Counts:
    """Count hits, misses, false alarms and correct rejections.

    Args:
        y: truth, 0 or 1, shape ``(rows,)``.
        alarm: decision, true or false, same shape.

    Raises:
        CourseError: other values in ``y``, one class only, or shapes that differ.
    """
    truth = _two_classes(y, alarm)
    flagged = np.asarray(alarm, bool)
    hits, alarms, bad = int((truth & flagged).sum()), int(flagged.sum()), int(truth.sum())
    return Counts(hits, bad - hits, alarms - hits, truth.size - bad - alarms + hits)


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


def wilson_interval(successes: int, n: int, coverage: float = 0.95) -> tuple[float, float]:
    """Interval of a share; sensible for few rows and for shares near 0 or 1 (Wilson, 1927).

    Args:
        successes: how many of ``n``.
        n: number of rows, at least 1.
        coverage: wanted confidence, between 0 and 1.

    Raises:
        CourseError: no rows, or more successes than rows.
    """
    if n < 1 or not 0 <= successes <= n:
        raise CourseError(
            f"A share needs between 0 and n successes of at least 1 row, not {successes} of {n}."
        )
    z = float(norm.ppf((1 + coverage) / 2))
    share = successes / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, middle - float(half)), min(1.0, middle + float(half))


def resampled_interval(
    metric: Callable[..., float],
    y: ArrayLike,
    *columns: ArrayLike,
    coverage: float = 0.95,
    draws: int = 500,
    seed: int = 0,
) -> tuple[float, float]:
    """Interval of any metric by a bootstrap that redraws each class by itself.

    Args:
        metric: ``metric(y, *columns)``, such as scikit-learn's ``roc_auc_score``, or the difference
            of it for two models, which must be redrawn together.
        y: truth, 0 or 1, shape ``(rows,)``; its two counts stay as they are.
        columns: scores or decisions, each of the same length.
        coverage: share of redrawn values inside.
        draws: number of redraws.
        seed: of the redraws.
    """
    truth = _two_classes(y, *columns)
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(truth == value) for value in (False, True)]
    arrays = [truth.astype(int), *(np.asarray(column) for column in columns)]
    values = []
    for _ in range(draws):
        rows = np.concatenate([rng.choice(group, len(group)) for group in groups])
        values.append(metric(*(array[rows] for array in arrays)))
    low, high = np.quantile(values, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)


class CostCurve(NamedTuple):
    """Total cost of raising an alarm for every score at or above each threshold."""

    thresholds: Floats
    costs: Floats

    @property
    def best(self) -> float:
        """The threshold with the lowest cost; infinite if no alarm at all is cheapest."""
        return float(self.thresholds[np.argmin(self.costs)])


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


class Reliability(NamedTuple):
    """Stated and true shares of bad cases, by bin of the stated probability."""

    stated: Floats
    observed: Floats
    rows: NDArray[np.intp]

    @property
    def gap(self) -> float:
        """Mean distance between stated and observed share, weighted by rows."""
        return float(np.average(np.abs(self.stated - self.observed), weights=self.rows))


def reliability(y: ArrayLike, probability: ArrayLike, *, bins: int = 10) -> Reliability:
    """Compare stated probabilities with what happened, in bins of equal width.

    Args:
        y: truth, 0 or 1, shape ``(rows,)``.
        probability: stated probability of 1, same shape.
        bins: number of bins between 0 and 1; empty ones are left out.
    """
    truth, stated = _two_classes(y, probability), _probability(probability)
    place = np.minimum((stated * bins).astype(int), bins - 1)
    rows = np.bincount(place, minlength=bins)
    used = rows > 0
    mean_stated, observed = (
        np.bincount(place, values, bins)[used] / rows[used] for values in (stated, truth)
    )
    return Reliability(mean_stated, observed, rows[used])


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
