"""The made market has no direction; the shipped series are the known ones."""

from __future__ import annotations

import numpy as np
import pytest

from companion.data.market import efficient_returns, google_daily, sp500_monthly
from companion.errors import CourseError


def test_direction_is_a_fair_coin_and_size_is_not() -> None:
    returns = efficient_returns(200_000)
    half = 4 / np.sqrt(200_000)
    assert abs(np.mean(returns > 0) - 0.5) < half / 2

    def correlation(series: np.ndarray, lag: int) -> float:
        return float(np.corrcoef(series[:-lag], series[lag:])[0, 1])

    for lag in (1, 2, 5):
        assert abs(correlation(np.sign(returns), lag)) < half
        assert correlation(np.abs(returns), lag) > 0.1
    np.testing.assert_array_equal(returns[:50], efficient_returns(200_000)[:50])


def test_volatility_is_the_typical_size() -> None:
    assert np.median(np.abs(efficient_returns(50_000, 1))) == pytest.approx(0.006745, rel=0.1)


def test_no_days() -> None:
    with pytest.raises(CourseError, match="at least 1 day, not 0"):
        efficient_returns(0)
    assert efficient_returns(1).shape == (1,)


def test_sp500_is_every_month_once() -> None:
    prices = sp500_monthly()
    months = prices.dates.astype("datetime64[M]")
    np.testing.assert_array_equal(months, np.arange("1990-01", "2022-07", dtype="datetime64[M]"))
    assert prices.close[0] == pytest.approx(329.08)
    # The two worst months since 1990: October 2008 and August 1998.
    worst = months[1:][np.argsort(prices.returns)[:2]].astype(str)
    assert set(worst) == {"2008-10", "1998-08"}
    assert prices.returns.min() == pytest.approx(-0.169, abs=1e-3)


def test_google_from_its_first_day() -> None:
    prices = google_daily()
    assert (str(prices.dates[0]), len(prices.close)) == ("2004-08-19", 1047)
    assert (np.diff(prices.dates) > np.timedelta64(0, "D")).all()
    assert prices.close[0] == pytest.approx(100.34)
    assert len(prices.returns) == 1046
