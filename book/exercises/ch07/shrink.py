"""Soft thresholding."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def shrink(x, k):
    return (np.abs(x) > k) * (x - k * np.sign(x))


@mistake("does not move")
def hard(x, k):
    return np.where(np.abs(x) > k, x, 0.0)


@mistake("across zero")
def crosses_zero(x, k):
    return x - k * np.sign(x)


@mistake("negative")
def one_side(x, k):
    return np.maximum(x - k, 0)


@mistake("what was taken away")
def clipped(x, k):
    return np.clip(x, -k, k)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([[0.0, 1.0, -1.0, 0.3, -0.3, 4.0, -4.0], rng.normal(0, 2, 20)])
    for k in (1.0, 0.5, 0.0):
        cut = x.clip(-k, k)
        array(
            called(answer, x, k, name="shrink"),
            x - cut,
            causes=[]
            if k == 0
            else [
                (x * (abs(x) > k), "a large number is kept; it does not move. Is it the minimum?"),
                (x - k * np.sign(x), "a small number is moved across zero; it should stop there."),
                (np.where(x > 0, x - cut, 0), "negative numbers move towards zero too."),
                (cut, "that is what was taken away, not what is left."),
            ],
            name=f"shrink(x, {k})",
        )
    # The grid knows nothing of the formula: no z may be better.
    z = np.linspace(-5, 5, 2001)
    best = np.asarray(called(answer, x, 0.7, name="shrink"))
    value = 0.7 * np.abs(best) + (best - x) ** 2 / 2
    if (value > (0.7 * np.abs(z) + (z - x[:, None]) ** 2 / 2).min(axis=1) + 1e-9).any():
        raise Wrong("For k = 0.7 some other z makes the sum smaller.")
