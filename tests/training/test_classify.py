"""Decisions against scikit-learn, statsmodels, brute force and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    precision_score,
    recall_score,
    roc_auc_score,
)
from statsmodels.stats.proportion import proportion_confint

from companion.errors import CourseError
from companion.training.classify import (
    cost_curve,
    counts,
    moved_prevalence,
    net_benefit,
    precision_at,
    reliability,
    resampled_interval,
    wilson_interval,
)

RNG = np.random.default_rng(0)
P = RNG.beta(0.6, 2.5, 4000)
Y = (RNG.random(4000) < P).astype(int)


def test_counts_and_shares_equal_scikit_learn() -> None:
    alarm = P > 0.3
    table = counts(Y, alarm)
    (tn, fp), (fn, tp) = confusion_matrix(Y, alarm)
    assert tuple(table) == (tp, fn, fp, tn)
    assert table.sensitivity == pytest.approx(recall_score(Y, alarm))
    assert table.specificity == pytest.approx(recall_score(1 - Y, ~alarm))
    assert table.precision == pytest.approx(precision_score(Y, alarm))
    assert table.accuracy == pytest.approx(accuracy_score(Y, alarm))
    assert np.isnan(counts(Y, np.zeros(4000)).precision)


def test_precision_by_bayes_is_the_counted_one_and_the_textbook_example() -> None:
    table = counts(Y, P > 0.3)
    assert precision_at(Y.mean(), table.sensitivity, table.specificity) == pytest.approx(
        table.precision
    )
    assert precision_at(0.001, 0.99, 0.99) == pytest.approx(99 / 1098)


@pytest.mark.parametrize(("k", "n"), [(0, 7), (7, 7), (81, 85), (500, 1000)])
@pytest.mark.parametrize("coverage", [0.8, 0.95])
def test_wilson_interval_equals_statsmodels(k: int, n: int, coverage: float) -> None:
    right = proportion_confint(k, n, alpha=1 - coverage, method="wilson")
    assert wilson_interval(k, n, coverage) == pytest.approx(right, abs=1e-12)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (3, 2), (-1, 5)])
def test_no_share_of_nothing(k: int, n: int) -> None:
    with pytest.raises(CourseError, match=f"{k} of {n}"):
        wilson_interval(k, n)


def test_resampled_interval_of_a_share_is_the_normal_one() -> None:
    def sensitivity(y: np.ndarray, alarm: np.ndarray) -> float:
        return float(alarm[y == 1].mean())

    low, high = resampled_interval(sensitivity, Y, P > 0.3, draws=2000)
    share, n = (P > 0.3)[Y == 1].mean(), Y.sum()
    half = 1.96 * np.sqrt(share * (1 - share) / n)
    assert (low, high) == pytest.approx((share - half, share + half), abs=0.1 * half)


def test_resampled_interval_of_the_auc_covers_at_its_rate() -> None:
    def auc(y: np.ndarray, p: np.ndarray) -> float:  # quicker than scikit-learn's
        good, bad = np.sort(p[y == 0]), p[y == 1]
        return float(np.searchsorted(good, bad).mean() / len(good))

    truth = roc_auc_score(Y, P)
    assert auc(Y, P) == pytest.approx(truth)
    inside = 0
    for seed in range(40):
        rows = np.random.default_rng(seed).choice(4000, 300)
        low, high = resampled_interval(auc, Y[rows], P[rows], draws=100, seed=seed)
        inside += low <= truth <= high
    assert 34 <= inside <= 40


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
    assert cost_curve(y.astype(int), p, alarm=2.0, miss=10.0).best == pytest.approx(0.2, abs=0.02)
    assert cost_curve(y.astype(int), p, alarm=11.0, miss=10.0).best > 0.99


def test_reliability_equals_scikit_learn() -> None:
    ours = reliability(Y, P, bins=10)
    observed, stated = calibration_curve(Y, P, n_bins=10)
    np.testing.assert_allclose(ours.observed, observed)
    np.testing.assert_allclose(ours.stated, stated)
    assert ours.rows.sum() == 4000
    assert ours.gap < 0.03 < reliability(Y, P**2).gap


def test_net_benefit_against_counts_and_closed_forms() -> None:
    at = np.array([0.05, 0.2, 0.5])
    for t, value in zip(at, net_benefit(Y, P, at), strict=True):
        table = counts(Y, t <= P)
        assert value == pytest.approx((table.hits - table.false_alarms * t / (1 - t)) / 4000)
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
    with pytest.raises(CourseError, match="both"):
        counts(np.zeros(5), np.zeros(5))
    with pytest.raises(CourseError, match="both"):
        counts([-1, 1], [0, 1])
    with pytest.raises(CourseError, match=r"\(3,\)"):
        cost_curve([0, 1], [1, 2, 3], alarm=1, miss=1)
    with pytest.raises(CourseError, match="scores"):
        reliability([0, 1], [0.2, 1.2])
    with pytest.raises(CourseError, match="list"):
        net_benefit([0, 1], [0.2, 0.3], [0.0, 0.5])
