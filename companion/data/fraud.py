"""Generated card payments: a world in which the probability of each fraud is known.

A payment of month ``t`` is fraud with the probability

    p = (1 - w) sigmoid(stolen - 9.65) + w sigmoid(testing - 11.71),    w = sigmoid(t - 6),
    stolen  = 2.0 a + 1.5 d + 0.5 device + 6.0 device · night,
    testing = -1.5 a + 1.8 q + 1.0 device + 6.0 online · young,

with ``a = ln(amount/30)``, ``d = ln(1 + distance/10)``, ``q = min(count, 4)``, ``night`` for hours
before 6 and ``young`` for accounts below 90 days. In the first months thieves use stolen cards:
large amounts, far away, a new device at night. By the last months they test card numbers: small
amounts, many an hour, online. The two constants keep the share of fraud near 0.2 % all the time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from companion.data.table import Floats
from companion.errors import CourseError

PAYMENT_COLUMNS = ("amount", "hour", "distance", "account_age", "count", "device", "online")


@dataclass(frozen=True)
class Payments:
    """Payments in the order of time.

    Attributes:
        X: shape ``(rows, 7)``, the columns of ``PAYMENT_COLUMNS``: dollars, hour 0 to 23,
            kilometres, days, payments within the last hour, and two yes-no columns.
        y: 1 for fraud, shape ``(rows,)``.
        probability: of fraud given the columns and the month, shape ``(rows,)``; no model can rank
            better than this.
        month: from 0, shape ``(rows,)``.
    """

    X: Floats
    y: NDArray[np.int64]
    probability: Floats
    month: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.y)

    def of(self, months: range) -> Payments:
        """Return the payments of these months."""
        rows = np.isin(self.month, months)
        return Payments(self.X[rows], self.y[rows], self.probability[rows], self.month[rows])

    def as_text(self) -> list[str]:
        """Write each payment as a line of text of one length, as a language model would read it."""
        forms = ("{:05.0f}", "{:02.0f}", "{:05.0f}", "{:04.0f}", "{:.0f}", "{:.0f}", "{:.0f}")
        return [" ".join(map(str.format, forms, row)) for row in self.X]


def payments(a_month: int = 50_000, months: int = 12, seed: int = 0) -> Payments:
    """Generate payments.

    Args:
        a_month: payments a month, at least 1.
        months: number of months, at least 1; the thieves change their ways around month 6.
        seed: of the generator.

    Raises:
        CourseError: nothing to generate.
    """
    if a_month < 1 or months < 1:
        raise CourseError(f"Give at least 1 payment and 1 month, not {a_month} and {months}.")
    n, rng = a_month * months, np.random.default_rng(seed)
    online = rng.random(n) < 0.4
    X = np.column_stack(
        [
            np.minimum(np.exp(rng.normal(3.4, 1.0, n)).round(2), 99_999),
            np.minimum(rng.choice(24, n, p=_busy_hours()), 23),
            np.where(online, 0, np.minimum(rng.exponential(12, n).round(1), 9_999)),
            np.minimum(rng.exponential(900, n).round(), 9_999),
            np.minimum(rng.poisson(0.5, n), 9),
            rng.random(n) < 0.08,
            online,
        ]
    ).astype(float)
    month = np.repeat(np.arange(months), a_month)
    probability = fraud_probability(X, month)
    return Payments(X, (rng.random(n) < probability).astype(np.int64), probability, month)


def fraud_probability(X: Floats, month: NDArray[np.int64]) -> Floats:
    """Return the probability of fraud: the formula at the head of this module.

    Args:
        X: payments, shape ``(rows, 7)``.
        month: of each payment, shape ``(rows,)``.
    """
    amount, hour, distance, age, count, device, online = X.T
    a, d, q = np.log(amount / 30), np.log1p(distance / 10), np.minimum(count, 4)
    stolen = 2.0 * a + 1.5 * d + 0.5 * device + 6.0 * device * (hour < 6)
    testing = -1.5 * a + 1.8 * q + device + 6.0 * online * (age < 90)
    w = expit(month - 6.0)
    return np.asarray((1 - w) * expit(stolen - 9.65) + w * expit(testing - 11.71))


def _busy_hours() -> Floats:
    weights = np.array([1.0] * 6 + [3.0] * 2 + [6.0] * 14 + [3.0] * 2)
    return np.asarray(weights / weights.sum())
