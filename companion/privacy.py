"""The accountant of differential privacy: noise, sampling and steps in, ε out."""

import math

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from companion.errors import CourseError

ORDERS = range(2, 129)


def sampled_gaussian_rdp(rate: float, sigma: float, order: int) -> float:
    """Return the Rényi divergence bound of one noisy step at a whole order α.

    ln Σ_k C(α, k) (1−q)^(α−k) q^k exp(k(k−1)/2σ²) / (α−1) (Mironov et al., 2019, section 3.3).

    Args:
        rate: probability q with which each record enters a step.
        sigma: standard deviation of the noise, in units of the clipping bound.
        order: α, a whole number from 2.

    Raises:
        CourseError: a rate outside (0, 1], no noise or endless noise, or an order below 2.
    """
    if not (0 < rate <= 1 and 0 < sigma < math.inf and order >= 2):
        raise CourseError(
            f"rate should be in (0, 1], sigma positive and finite and order at least 2; they are "
            f"{rate!r}, {sigma!r} and {order!r}."
        )
    k = np.arange(order + 1)
    terms = gammaln(order + 1) - gammaln(k + 1) - gammaln(order - k + 1)
    terms += xlog1py(order - k, -rate) + xlogy(k, rate) + k * (k - 1) / (2 * sigma**2)
    return float(np.logaddexp.reduce(terms)) / (order - 1)


def epsilon(rate: float, sigma: float, steps: int, delta: float) -> float:
    """Return ε of many noisy steps: the least of steps·RDP(α) + ln(1/δ)/(α−1) over whole α.

    Args:
        rate: probability with which each record enters a step.
        sigma: noise in units of the clipping bound.
        steps: how many.
        delta: δ, the probability with which the promise may fail; below one over the records.

    Raises:
        CourseError: a delta outside (0, 1), fewer steps than none, or see
            :func:`sampled_gaussian_rdp`.
    """
    if not 0 < delta < 1 or steps < 0:
        raise CourseError(
            f"delta should lie between 0 and 1 and steps be 0 or more, not {delta!r} and {steps!r}."
        )
    return min(
        steps * sampled_gaussian_rdp(rate, sigma, order) + math.log(1 / delta) / (order - 1)
        for order in ORDERS
    )


def noise_for(target: float, rate: float, steps: int, delta: float) -> float:
    """Return the smallest noise σ from 0.2, to a thousandth, whose ε is at most ``target``.

    Raises:
        CourseError: a target that is not positive and finite, or no noise up to 1,000 is enough.
    """
    if not 0 < target < math.inf:
        raise CourseError(f"An epsilon should be positive and finite, not {target!r}.")
    low, high = 0.2, 1000.0
    if epsilon(rate, high, steps, delta) > target:
        raise CourseError(f"No noise below {high:g} gives an epsilon of {target!r}.")
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (
            (middle, high) if epsilon(rate, middle, steps, delta) > target else (low, middle)
        )
    return high
