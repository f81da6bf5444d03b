"""Decisions against scikit-learn, brute force and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from companion.errors import CourseError
from companion.training.decide import (
    calibration_gap,
    conformal_radius,
    cost_curve,
    moved_prevalence,
    net_benefit,
    precision_at,
)

RNG = np.random.default_rng(0)
P = RNG.beta(0.6, 2.5, 4000)
Y = (RNG.random(4000) < P).astype(int)


def test_conformal_radius_is_the_stated_order_statistic() -> None:
    scores = np.arange(1.0, 100.0)
    assert conformal_radius(RNG.permutation(scores), 0.9) == 90.0
    assert conformal_radius(np.arange(1.0, 10.0), 0.9) == 9.0


def test_conformal_coverage_holds_on_average_over_many_draws() -> None:
    scores = RNG.standard_exponential((4000, 19))
    radii = np.array([conformal_radius(row, 0.9) for row in scores])
    # With 19 scores the rank is 18, so the coverage is exactly 18 / 20.
    assert np.mean(RNG.standard_exponential(4000) <= radii) == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize(("n", "coverage"), [(8, 0.9), (100, 1.0), (100, 0.0)])
def test_impossible_coverage(n: int, coverage: float) -> None:
    with pytest.raises(CourseError, match="between"):
        conformal_radius(np.ones(n), coverage)


def test_precision_by_bayes_is_the_counted_one_and_the_textbook_example() -> None:
    alarm = P > 0.3
    sensitivity, specificity = recall_score(Y, alarm), recall_score(Y, alarm, pos_label=0)
    counted = precision_score(Y, alarm)
    assert precision_at(Y.mean(), sensitivity, specificity) == pytest.approx(counted)
    assert precision_at(0.001, 0.99, 0.99) == pytest.approx(99 / 1098)


def test_cost_curve_equals_the_count_at_each_threshold() -> None:
    scores = P[:300].round(2)  # with ties
    miss = RNG.uniform(1, 50, 300)
    curve = cost_curve(Y[:300], scores, alarm=2.0, miss=miss)
    for threshold, cost in zip(curve.thresholds, curve.costs, strict=True):
        alarm = scores >= threshold
        assert cost == pytest.approx(2.0 * alarm.sum() + miss[~alarm & (Y[:300] == 1)].sum())
    assert len(curve.thresholds) == len(np.unique(scores)) + 1


def test_best_threshold_of_true_probabilities_is_the_ratio_of_costs() -> None:
    p = np.random.default_rng(1).random(200_000)
    y = np.random.default_rng(2).random(200_000) < p
    # An alarm pays when the expected loss p * 10 exceeds its price 2.
    for price, threshold in ((2.0, 0.2), (11.0, 1.0)):
        curve = cost_curve(y.astype(int), p, alarm=price, miss=10.0)
        best = min(curve.thresholds[np.argmin(curve.costs)], 1.0)
        assert best == pytest.approx(threshold, abs=0.02)


def test_calibration_gap_is_that_of_scikit_learns_curve_weighted_by_rows() -> None:
    observed, stated = calibration_curve(Y, P, n_bins=10)
    rows, _ = np.histogram(P, bins=10, range=(0, 1))
    gap = np.average(np.abs(stated - observed), weights=rows)
    assert calibration_gap(Y, P) == pytest.approx(gap, rel=1e-12)
    assert gap < 0.03 < calibration_gap(Y, P**2)


def test_net_benefit_against_counts_and_closed_forms() -> None:
    at = np.array([0.05, 0.2, 0.5])
    for t, value in zip(at, net_benefit(Y, P, at), strict=True):
        (_, false_alarms), (_, hits) = confusion_matrix(Y, t <= P)
        assert value == pytest.approx((hits - false_alarms * t / (1 - t)) / 4000)
    share = Y.mean()
    np.testing.assert_allclose(
        net_benefit(Y, np.ones(4000), at), share - (1 - share) * at / (1 - at)
    )
    np.testing.assert_allclose(net_benefit(Y, Y, at), share)


def test_moved_prevalence_is_bayes() -> None:
    # Two symptoms values with likelihoods 0.8 and 0.1 in bad and good cases.
    def posterior(share: float) -> float:
        return share * 0.8 / (share * 0.8 + (1 - share) * 0.1)

    assert moved_prevalence(posterior(0.4), 0.4, 0.02) == pytest.approx(posterior(0.02))
    assert moved_prevalence(np.array([0.0, 1.0]), 0.4, 0.1).tolist() == [0.0, 1.0]


def test_faulty_input_is_one_sentence() -> None:
    for truth in ([0, 0], [-1, 1]):
        with pytest.raises(CourseError, match="both"):
            calibration_gap(truth, [0.5, 0.5])
    with pytest.raises(CourseError, match=r"\(3,\)"):
        cost_curve([0, 1], [1, 2, 3], alarm=1, miss=1)
    with pytest.raises(CourseError, match="scores"):
        calibration_gap([0, 1], [0.2, 1.2])
    with pytest.raises(CourseError, match="list"):
        net_benefit([0, 1], [0.2, 0.3], [0.0, 0.5])
