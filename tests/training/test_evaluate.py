"""Errors and intervals against scikit-learn and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from companion.errors import CourseError
from companion.training.evaluate import bootstrap_interval, conformal_radius, mae, rmse

RNG = np.random.default_rng(0)


def test_errors_equal_scikit_learn() -> None:
    y, guess = RNG.standard_normal((2, 1000))
    assert rmse(y, guess) == pytest.approx(root_mean_squared_error(y, guess), rel=1e-12)
    assert mae(y, guess) == pytest.approx(mean_absolute_error(y, guess), rel=1e-12)


def test_a_column_against_a_row_is_refused() -> None:
    with pytest.raises(CourseError, match=r"\(5, 1\)"):
        rmse(np.zeros(5), np.zeros((5, 1)))


def test_bootstrap_of_a_mean_is_the_normal_interval() -> None:
    values = RNG.standard_normal(2000)
    half = 1.96 * values.std() / np.sqrt(2000)
    low, high = bootstrap_interval(values)
    assert low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert high == pytest.approx(values.mean() + half, abs=0.1 * half)
    assert bootstrap_interval(values) == (low, high)


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
