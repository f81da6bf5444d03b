"""The gradient of distillation at a temperature."""

import math
from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def gradient(z, v, T):
    def soft(logits):
        e = np.exp((logits - logits.max()) / T)
        return e / e.sum()

    return T * (soft(z) - soft(v))


@mistake("factor T²")
def no_square(z, v, T):
    s = lambda a: np.exp((a - a.max()) / T) / np.exp((a - a.max()) / T).sum()
    return (s(z) - s(v)) / T


@mistake("chain rule")
def no_chain(z, v, T):
    s = lambda a: np.exp((a - a.max()) / T) / np.exp((a - a.max()) / T).sum()
    return T**2 * (s(z) - s(v))


@mistake("away from the teacher")
def turned(z, v, T):
    s = lambda a: np.exp((a - a.max()) / T) / np.exp((a - a.max()) / T).sum()
    return T * (s(v) - s(z))


@mistake("overflow")
def overflow(z, v, T):
    s = lambda a: np.exp(a / T) / np.exp(a / T).sum()
    return T * (s(z) - s(v))


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for k, T in ((10, 4.0), (4, 20.0), (5, 0.5)):
        z, v = rng.standard_normal((2, k)) * 2
        slope = _slope(z, v, T)
        array(
            called(answer, z, v, T, name="gradient"),
            slope,
            causes=[
                (slope / T**2, "the factor T² of the loss is missing."),
                (slope * T, "the chain rule adds 1/T, for the inputs are z/T."),
                (-slope, "the sign is turned; a step down leads away from the teacher."),
            ],
            rtol=1e-5,
            atol=1e-7,
            name=f"The gradient at T = {T:g}",
        )
    z, v = np.array([1000.0, 0.0, -1000.0]), np.array([0.0, 1000.0, 990.0])
    with np.errstate(all="ignore"):
        large = np.asarray(called(answer, z, v, 1.0, name="gradient"), float)
    if not np.isfinite(large).all():
        raise Wrong("For logits of a thousand the exponential makes an overflow.")
    e = math.exp(-10)
    array(large, [1.0, -1 / (1 + e), -e / (1 + e)], atol=1e-6, name="For large logits the gradient")


def _slope(z: np.ndarray, v: np.ndarray, T: float) -> np.ndarray:
    """Differentiate the loss by complex steps: no formula for the gradient, no rounding."""

    def loss(logits: np.ndarray) -> complex:
        total = np.log(sum(np.exp(logits / T)))
        weights = [1 / sum(np.exp((v - own) / T)) for own in v]
        return complex(
            -(T**2) * sum(w * (x / T - total) for w, x in zip(weights, logits, strict=True))
        )

    h = 1e-20
    return np.array([loss(z + 1j * h * row).imag / h for row in np.eye(len(z))])
