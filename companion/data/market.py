"""Markets: one without any direction to predict, and two real series that Matplotlib ships."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from companion.data.table import Floats
from companion.errors import CourseError


class Prices(NamedTuple):
    """Closing prices in the order of time."""

    dates: NDArray[np.datetime64]
    close: Floats

    @property
    def returns(self) -> Floats:
        """Relative change from each price to the next; one shorter than the prices."""
        return np.asarray(self.close[1:] / self.close[:-1] - 1)


def efficient_returns(n: int, seed: int = 0) -> Floats:
    """Generate daily returns whose direction nobody can predict, though their size can be.

    ``r = 0.01 · exp(h) · ε`` with normal ``ε`` and a slow ``h' = 0.97 h + 0.1 η`` of which
    ``ε`` knows nothing: quiet and wild times as in real markets. Whatever the past was, up and down
    have probability one half each.

    Args:
        n: number of days, at least 1; one return for each.
        seed: of the generator.
    """
    if n < 1:
        raise CourseError(f"Ask for at least 1 day, not {n}.")
    shocks, steps = np.random.default_rng(seed).standard_normal((2, n))
    return np.asarray(0.01 * np.exp(lfilter([0.1], [1, -0.97], steps)) * shocks)


def sp500_monthly() -> Prices:
    """Read the S&P 500 index, month by month from January 1990 to June 2022, without dividends.

    From ``Stocks.csv``, sample data inside Matplotlib; no network.
    """
    with _sample("Stocks.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if line[0] != "#"))
    # Months begin on the first; other dates carry dividends, or repeat the last price.
    kept = [row for row in rows if row["Date"].endswith("-01") and row["^GSPC"]]
    return Prices(
        np.array([row["Date"] for row in kept], "datetime64[D]"),
        np.array([float(row["^GSPC"]) for row in kept]),
    )


def google_daily() -> Prices:
    """Read Google's share, day by day from August 2004 to October 2008.

    From ``goog.npz``, sample data inside Matplotlib; no network.
    """
    with np.load(_sample("goog.npz"), allow_pickle=False) as archive:
        table = archive["price_data"]
    return Prices(table["date"], table["adj_close"].astype(float))


def _sample(name: str) -> Path:
    from matplotlib import cbook

    return Path(str(cbook.get_sample_data(name, asfileobj=False)))
