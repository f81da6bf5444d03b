"""One step of Adam with both corrections."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import mistake
from companion.exercises.compare import array, called, several


def adam(w, g, m, s, t, rate):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    m_hat = m / (1 - 0.9**t)
    s_hat = s / (1 - 0.999**t)
    return w - rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


@mistake("correction is missing")
def not_corrected(w, g, m, s, t, rate):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    return w - rate * m / (np.sqrt(s) + 1e-8), m, s


@mistake("t is 1")
def counted_from_zero(w, g, m, s, t, rate):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    a, b = m / (1 - 0.9 ** (t + 1)), s / (1 - 0.999 ** (t + 1))
    return w - rate * a / (np.sqrt(b) + 1e-8), m, s


@mistake("uncorrected")
def keeps_the_corrected(w, g, m, s, t, rate):
    m = (0.9 * m + 0.1 * g) / (1 - 0.9**t)
    s = (0.999 * s + 0.001 * g**2) / (1 - 0.999**t)
    return w - rate * m / (np.sqrt(s) + 1e-8), m, s


@mistake("average of the squares")
def no_square(w, g, m, s, t, rate):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * np.abs(g)
    a, b = m / (1 - 0.9**t), s / (1 - 0.999**t)
    return w - rate * a / (np.sqrt(b) + 1e-8), m, s


@mistake("outside the root")
def epsilon_inside(w, g, m, s, t, rate):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    a, b = m / (1 - 0.9**t), s / (1 - 0.999**t)
    return w - rate * a / np.sqrt(b + 1e-8), m, s


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    rng = np.random.default_rng(6)
    # One gradient is about as small as epsilon, so that epsilon's place and sign show.
    history = rng.standard_normal((6, 4)) * np.array([1.0, 100.0, 0.01, 3e-8])
    w = rng.standard_normal(4)

    def averaged(values: Array, share: float) -> Array:
        """Weigh each past value at once: the older, the less."""
        ages = np.arange(len(values))[::-1]
        return np.asarray((1 - share) * np.power(share, ages).dot(values))

    for t in (1, 2, 6):
        past, now = history[: t - 1], history[:t]
        before = [averaged(past, 0.9), averaged(np.square(past), 0.999)]
        m, s = averaged(now, 0.9), averaged(np.square(now), 0.999)
        fresh_m = m / 0.1 / sum(0.9**k for k in range(t))
        fresh_s = s / -math.expm1(t * math.log(0.999))
        late_m, late_s = m / (1 - math.pow(0.9, t + 1)), s / (1 - math.pow(0.999, t + 1))
        absolute = 0.999 * before[1] + 0.001 * np.abs(now[-1])
        got_w, got_m, got_s = several(
            called(answer, w, now[-1], *before, t, 0.5, name="adam"), ("w", "m", "s"), name="adam"
        )
        array(got_m, m, causes=[(fresh_m, "return the uncorrected average.")], name="m", atol=0)
        array(
            got_s,
            s,
            causes=[
                (fresh_s, "return the uncorrected average."),
                (absolute, "s is the average of the squares."),
            ],
            name="s",
            atol=0,
        )
        array(
            got_w,
            w - 0.5 * fresh_m / (1e-8 + fresh_s**0.5),
            causes=[
                (w - 0.5 * m / (1e-8 + s**0.5), "the correction is missing."),
                (w - 0.5 * late_m / (1e-8 + late_s**0.5), "in the first step t is 1, not 0."),
                (w - 0.5 * fresh_m / (1e-8 + fresh_s) ** 0.5, "epsilon stands outside the root."),
            ],
            name="w",
        )
