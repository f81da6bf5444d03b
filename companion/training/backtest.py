"""What would a trading rule have earned, and how much of that is luck?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import kurtosis, norm, skew

from companion.errors import CourseError

Floats = NDArray[np.float64]


def strategy_returns(position: ArrayLike, returns: ArrayLike, *, cost: float) -> Floats:
    """Return of holding ``position`` in each period, after the cost of changing it.

    Args:
        position: share of the money that is invested in each period, decided *before* it: 1 is all,
            0 none, -1 a bet on a fall. Shape ``(periods,)`` or ``(rules, periods)``.
        returns: of the asset in the same periods, shape ``(periods,)``.
        cost: price of moving all the money once, such as 0.001 for a tenth of a percent. The first
            purchase costs too.

    Returns:
        Returns, in the shape of ``position``.
    """
    held, market = np.asarray(position, float), np.asarray(returns, float)
    if held.shape[-1:] != market.shape:
        raise CourseError(
            f"Positions have the shape {held.shape} and returns {market.shape}; the last lengths "
            "should be equal, one position a period."
        )
    moved = np.abs(np.diff(held, axis=-1, prepend=0.0))
    return np.asarray(held * market - cost * moved)


def sharpe_ratio(returns: ArrayLike, periods: int = 1) -> Floats:
    """Mean return divided by its standard deviation, along the last axis.

    Args:
        returns: shape ``(…, periods)``.
        periods: in a year, 252 days or 12 months; 1 leaves the ratio a period.
    """
    values = np.asarray(returns, float)
    return np.asarray(values.mean(axis=-1) / values.std(axis=-1) * math.sqrt(periods))


def expected_best_sharpe(trials: int, spread: float) -> float:
    """Sharpe ratio that the best of many worthless rules shows on average.

    Bailey & López de Prado (2014), eq. 1: an approximation for independent trials.

    Args:
        trials: number of rules tried, at least 2.
        spread: standard deviation of their ratios.
    """
    if trials < 2:
        raise CourseError(f"The best of many needs at least 2 trials, not {trials}.")
    near, far = norm.ppf(1 - 1 / trials), norm.ppf(1 - 1 / (trials * math.e))
    return float(spread * ((1 - np.euler_gamma) * near + np.euler_gamma * far))


def deflated_sharpe(returns: ArrayLike, *, trials: int, spread: float) -> float:
    """Confidence that the best of many tried rules is better than luck.

    Bailey & López de Prado (2014), eq. 2: the chance that a rule with no more than the expected
    best luck shows a smaller ratio than this one, allowing for skew and heavy tails.

    Args:
        returns: of the chosen rule, a period each, shape ``(periods,)``.
        trials: number of rules tried, all of them, the discarded ones too.
        spread: standard deviation of their ratios, a period.
    """
    values = np.asarray(returns, float)
    return deflated(
        float(sharpe_ratio(values)),
        len(values),
        expected_best_sharpe(trials, spread),
        float(skew(values)),
        float(kurtosis(values, fisher=False)),
    )


def deflated(ratio: float, periods: int, luck: float, skewness: float, tails: float) -> float:
    """The same from summary numbers.

    Args:
        ratio: Sharpe ratio a period.
        periods: number of periods.
        luck: Sharpe ratio a period that luck alone explains.
        skewness: of the returns.
        tails: kurtosis of the returns, 3 for normal ones.
    """
    error = math.sqrt(1 - skewness * ratio + (tails - 1) / 4 * ratio**2)
    return float(norm.cdf((ratio - luck) * math.sqrt(periods - 1) / error))
