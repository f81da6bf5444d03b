"""Generated houses: a world whose best possible error is known exactly.

For a district with the columns ``x`` the price before the census' cap is log-normal,

    P = exp(m(x) + s(x) ε),   ε ~ N(0, 1),   y = min(P, cap),

    m(x) = 11.0 + 0.62 ln(income) + 0.45 coast + 0.50 city
           + 0.11 coast · max(income - 4, 0)
           + 0.30 ln(rooms / household) - 0.42 ln(people / household)
           + 0.12 ((age - 25)/15)² city + 0.10 sin(6 · (longitude + latitude))
    s(x) = 0.12 + 0.13 (1 - city)

with ``coast = exp(-d/0.35)`` for the degrees ``d`` from the district to the shore on its west, and
``city = exp(-r²/0.5)`` for the degrees ``r`` to the nearest of five cities. Both follow from the
eight columns. So the mean and the variance of ``y`` given ``x`` have closed forms, and with them
the best RMSE and MAE that any model can reach.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from companion.data.districts import districts, nearness_of_city, nearness_of_shore
from companion.data.table import Floats, Table
from companion.errors import CourseError

PRICE_CAP = 500_001.0


@dataclass(frozen=True, kw_only=True)
class HousePrices(Table):
    """A generated table with what only its maker can know.

    Attributes:
        expected: mean price of each district given its columns, shape ``(rows,)``, dollars.
        median: median price given its columns, shape ``(rows,)``, dollars.
        noise_std: standard deviation of the price given its columns, shape ``(rows,)``, dollars.
        noise_mad: mean distance of the price from its median, shape ``(rows,)``, dollars.
    """

    expected: Floats
    median: Floats
    noise_std: Floats
    noise_mad: Floats

    @property
    def best_rmse(self) -> float:
        """The lowest expected RMSE on these rows: that of predicting ``expected``, in dollars."""
        return float(np.sqrt(np.mean(self.noise_std**2)))

    @property
    def best_mae(self) -> float:
        """The lowest expected MAE on these rows: that of predicting ``median``, in dollars."""
        return float(np.mean(self.noise_mad))


def house_prices(n: int = 20_000, seed: int = 0) -> HousePrices:
    """Generate districts with the census' eight columns, units and cap.

    Args:
        n: number of districts, at least 1.
        seed: of the generator; the same seed gives the same table.

    Returns:
        ``X`` of shape ``(n, 8)`` in the article's column order, ``y`` of shape ``(n,)`` in whole
        dollars, and the conditional mean, median and noise of each row. Rounding to whole
        dollars moves the best RMSE by less than a cent.

    Raises:
        CourseError: ``n`` is not positive.
    """
    if n < 1:
        raise CourseError(f"house_prices needs a positive number of rows, not {n}.")
    rng = np.random.default_rng(seed)
    X = districts(n, rng)
    m, s = log_price(X)
    y = np.rint(np.minimum(np.exp(m + s * rng.standard_normal(n)), PRICE_CAP))
    expected, std, median, mad = capped_lognormal(m, s, PRICE_CAP)
    return HousePrices(X=X, y=y, expected=expected, median=median, noise_std=std, noise_mad=mad)


def log_price(X: Floats) -> tuple[Floats, Floats]:
    """Return the mean ``m(x)`` and the spread ``s(x)`` of the log-price; see the module's formula.

    Args:
        X: districts, shape ``(rows, 8)``.

    Returns:
        Two arrays of shape ``(rows,)``, in logs of dollars.
    """
    longitude, latitude, age, rooms, _, people, households, income = X.T
    coast, city = nearness_of_shore(longitude, latitude), nearness_of_city(longitude, latitude)
    m = (
        11.0
        + 0.62 * np.log(income)
        + 0.45 * coast
        + 0.50 * city
        + 0.11 * coast * np.maximum(income - 4, 0)
        + 0.30 * np.log(rooms / households)
        - 0.42 * np.log(people / households)
        + 0.12 * ((age - 25) / 15) ** 2 * city
        + 0.10 * np.sin(6 * (longitude + latitude))
    )
    return m, 0.12 + 0.13 * (1 - city)


def capped_lognormal(m: Floats, s: Floats, cap: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Moments of ``min(exp(m + s ε), cap)`` with a standard normal ``ε``.

    Args:
        m: mean of the logarithm, shape ``(rows,)``.
        s: standard deviation of the logarithm, positive, shape ``(rows,)``.
        cap: the highest value, positive.

    Returns:
        Mean, standard deviation, median, and mean distance from the median, each ``(rows,)``.
    """
    z = (np.log(cap) - m) / s
    mean = np.exp(m + s**2 / 2) * ndtr(z - s) + cap * ndtr(-z)
    square = np.exp(2 * m + 2 * s**2) * ndtr(z - 2 * s) + cap**2 * ndtr(-z)
    std = np.sqrt(np.maximum(square - mean**2, 0))
    median = np.minimum(np.exp(m), cap)
    # E|Y - median| = E[Y] - median + 2 E[(median - Y)+], and below its median Y is not capped.
    at_median = np.minimum(z, 0.0)
    shortfall = median * ndtr(at_median) - np.exp(m + s**2 / 2) * ndtr(at_median - s)
    return mean, std, median, mean - median + 2 * shortfall
