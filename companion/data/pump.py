"""A pump that may fail: a made world whose best possible decision is known exactly.

Each second a sensor writes down one window of the pump's vibration,

    x(t) = loudness · sin(2π · 12 t + phase) + [faulty] · 0.03 · sin(2π · 45 t + phase) + noise,

in units of the sensor's full scale: the hum of the shaft, in a tenth of the windows the faint tone
of a worn bearing, and white noise. Phases and loudness are random. Then somebody decides whether to
stop the pump. Missing a fault costs 20, stopping for nothing costs 1.

Let P be the power at the bearing's frequency, divided by the variance of the noise. With a uniform
phase and white noise the ratio of the likelihoods of *faulty* and *sound* rises with P and depends
on nothing else (it is a Bessel function of the root of P), so the best rule is a threshold on P.
And P follows a chi-square distribution with two degrees of freedom, non-central with a fault. So
the cost of the best rule is a number and not an estimate. (This is the classical detection of a
tone of unknown phase; a test compares it with the likelihood ratio of the raw samples.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from companion.data.table import Floats
from companion.errors import CourseError

Booleans = NDArray[np.bool_]

SHAFT_HZ, BEARING_HZ = 12, 45
FAULT_AMPLITUDE = 0.03
FAULT_SHARE = 0.1


@dataclass(frozen=True)
class MistakeCosts:
    """What a wrong decision costs, in units of one needless stop."""

    missed: float = 20.0
    needless: float = 1.0

    @property
    def threshold(self) -> float:
        """Probability of a fault from which stopping is the cheaper decision."""
        return self.needless / (self.needless + self.missed)

    def per_hundred(self, faulty: Booleans, stop: Booleans) -> float:
        """Return the cost of a hundred decisions, averaged over those given.

        Args:
            faulty: what was true, shape ``(n,)``.
            stop: what was decided, shape ``(n,)``.
        """
        missed, needless = faulty & ~stop, ~faulty & stop
        return 100 * float(self.missed * missed.mean() + self.needless * needless.mean())


@dataclass(frozen=True)
class Pump:
    """The pump, seen through a sensor and a memory of some quality.

    Attributes:
        rate: samples a second, even. What lies at half of it or above is filtered out first.
        noise: standard deviation of the sensor's noise, in units of full scale.
        bits: bits that a sample is stored in; ``None`` keeps it unrounded.
    """

    rate: int = 128
    noise: float = 0.05
    bits: int | None = None

    def __post_init__(self) -> None:
        if self.rate % 2 or self.rate <= 2 * SHAFT_HZ:
            raise CourseError(
                f"The rate is {self.rate}; it should be an even number above {2 * SHAFT_HZ}, "
                "so that the shaft's tone can be sampled."
            )
        if self.noise <= 0 or (self.bits is not None and self.bits < 1):
            raise CourseError("The noise should be positive, and a sample needs at least one bit.")

    def windows(self, n: int, seed: int) -> tuple[Floats, Booleans]:
        """Return ``n`` windows of one second, shape ``(n, rate)``, and whether each is faulty."""
        rng = np.random.default_rng(seed)
        t = np.arange(self.rate) / self.rate
        faulty = rng.random(n) < FAULT_SHARE
        phase = rng.uniform(0, 2 * np.pi, (2, n, 1))
        X = rng.uniform(0.5, 0.8, (n, 1)) * np.sin(2 * np.pi * SHAFT_HZ * t + phase[0])
        if self._bearing_passes:
            tone = FAULT_AMPLITUDE * np.sin(2 * np.pi * BEARING_HZ * t + phase[1])
            X += faulty[:, None] * tone
        X += self.noise * rng.standard_normal(X.shape)
        return (X if self.bits is None else quantise(X, self.bits)), faulty

    def best_cost(self, mistakes: MistakeCosts, *, half_band: int = 0) -> float:
        """Return the least cost of a hundred decisions that a threshold can reach.

        Args:
            mistakes: what each kind costs.
            half_band: 0 for the power at the bearing's frequency, which no other use of the window
                can beat; ``k`` for an instrument that only shows the power summed over the
                ``2k + 1`` frequencies around it.

        Returns:
            Exact for unrounded samples. With ``bits``, rounding counts as white noise of variance
            step²/12 (Bennett, 1948).
        """
        return self._cheapest(mistakes, half_band)[0]

    def alarm(self, X: Floats, mistakes: MistakeCosts, *, half_band: int = 0) -> Booleans:
        """Decide by the best threshold on the power in a band; arguments as in ``best_cost``."""
        threshold = self._cheapest(mistakes, half_band)[1]
        if not self._bearing_passes:
            return np.full(len(X), threshold == 0)
        band = slice(BEARING_HZ - half_band - 1, BEARING_HZ + half_band)
        return np.asarray(powers(X)[:, band].sum(axis=1) / self._noise_variance > threshold)

    @property
    def _bearing_passes(self) -> bool:
        return self.rate > 2 * BEARING_HZ

    @property
    def _noise_variance(self) -> float:
        rounding = 0.0 if self.bits is None else (2 / 2**self.bits) ** 2 / 12
        return self.noise**2 + rounding

    def _cheapest(self, mistakes: MistakeCosts, half_band: int) -> tuple[float, float]:
        """Return the least cost of a hundred decisions and the threshold that has it."""
        dof = 2 * (2 * half_band + 1)
        strength = FAULT_AMPLITUDE**2 * self.rate / (2 * self._noise_variance)
        threshold = np.linspace(0, 5 * dof + 100, 10_001)
        seen = self._bearing_passes
        below = stats.ncx2.cdf(threshold, dof, strength) if seen else stats.chi2.cdf(threshold, dof)
        missed = FAULT_SHARE * mistakes.missed * below
        needless = (1 - FAULT_SHARE) * mistakes.needless * stats.chi2.sf(threshold, dof)
        # Never stopping is a threshold at infinity.
        costs = np.append(missed + needless, FAULT_SHARE * mistakes.missed)
        best = int(costs.argmin())
        return 100 * float(costs[best]), float(np.append(threshold, np.inf)[best])


def quantise(X: Floats, bits: int) -> Floats:
    """Round to the nearest of ``2**bits`` evenly spaced levels between −1 and 1.

    Args:
        X: samples in units of full scale, any shape; what lies outside is clipped.
        bits: at least 1.

    Returns:
        The middles of the cells, so the error is at most half a step, ``2**-bits``.
    """
    step = 2 / 2**bits
    last = 1 - step / 2
    return np.asarray(np.clip((np.floor(X / step) + 0.5) * step, -last, last))


def powers(X: Floats) -> Floats:
    """Return the power of each window at 1, 2, … hertz, below half the rate.

    Args:
        X: windows of one second, shape ``(n, rate)``.

    Returns:
        Shape ``(n, rate / 2 - 1)``, scaled so that white noise of variance s² gives 2 s² on
        average at each frequency.
    """
    rate = X.shape[1]
    return np.asarray(2 * np.abs(np.fft.rfft(X)[:, 1 : rate // 2]) ** 2 / rate)
