"""Trading results against hand counts, simulation and the example in the paper."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from companion.errors import CourseError
from companion.training.backtest import (
    deflated,
    deflated_sharpe,
    expected_best_sharpe,
    sharpe_ratio,
    strategy_returns,
)


def test_returns_after_costs_by_hand() -> None:
    market = [0.10, -0.20, 0.30, 0.05]
    result = strategy_returns([1, 1, -1, 0], market, cost=0.01)
    # Buy, hold, turn round (twice the money), sell.
    np.testing.assert_allclose(result, [0.10 - 0.01, -0.20, -0.30 - 0.02, -0.01])
    both = strategy_returns([[1, 1, -1, 0], [0, 0, 0, 0]], market, cost=0.01)
    np.testing.assert_allclose(both, [result, np.zeros(4)])


def test_one_position_a_period() -> None:
    with pytest.raises(CourseError, match=r"\(3,\)"):
        strategy_returns([1, 0, 1], [0.1, 0.1], cost=0)


def test_sharpe_ratio_scales_with_the_root_of_time() -> None:
    values = np.random.default_rng(0).normal(0.001, 0.01, (3, 5000))
    np.testing.assert_allclose(sharpe_ratio(values, 252), sharpe_ratio(values) * np.sqrt(252))
    assert sharpe_ratio(values)[1] == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize("trials", [20, 200, 1000])
def test_expected_best_is_the_mean_of_simulated_bests(trials: int) -> None:
    best = np.random.default_rng(0).standard_normal((4000, trials)).max(axis=1).mean()
    assert expected_best_sharpe(trials, 0.5) == pytest.approx(0.5 * best, rel=0.02)


def test_the_example_of_the_paper() -> None:
    # Annual ratio 2.5 over five years of days, best of 100 with variance 1/2, skew -3, tails 10.
    luck = expected_best_sharpe(100, np.sqrt(0.5 / 250))
    assert luck == pytest.approx(0.1132, abs=1e-4)
    assert deflated(2.5 / np.sqrt(250), 1250, luck, -3, 10) == pytest.approx(0.9004, abs=1e-4)


def test_deflated_is_the_plain_test_for_normal_returns() -> None:
    values = np.random.default_rng(1).normal(0.05, 1, 4000)
    luck = expected_best_sharpe(50, 0.01)
    plain = norm.cdf((sharpe_ratio(values) - luck) * np.sqrt(4000))
    assert deflated_sharpe(values, trials=50, spread=0.01) == pytest.approx(plain, abs=0.01)


def test_the_best_of_worthless_rules_is_rarely_believed() -> None:
    believed = 0
    for seed in range(200):
        rules = np.random.default_rng(seed).standard_normal((100, 250))
        ratios = sharpe_ratio(rules)
        best = rules[ratios.argmax()]
        believed += deflated_sharpe(best, trials=100, spread=float(ratios.std())) > 0.95
    assert believed <= 12


def test_one_trial_has_no_best() -> None:
    with pytest.raises(CourseError, match="not 1"):
        expected_best_sharpe(1, 0.1)
