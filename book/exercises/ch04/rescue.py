"""First weights with which twenty layers of sigmoids keep a gradient."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called, several


def start(width, rng):
    W = rng.normal(0, 4 / np.sqrt(width), (width, width))
    return W, -W.sum(axis=0) / 2


@mistake("lost")
def usual(width, rng):
    return rng.standard_normal((width, width)) / np.sqrt(width), np.zeros(width)


@mistake("one side")
def not_centred(width, rng):
    return 4 * rng.standard_normal((width, width)) / np.sqrt(width), np.zeros(width)


@mistake("blown up")
def too_large(width, rng):
    W = 40 * rng.standard_normal((width, width)) / np.sqrt(width)
    return W, -W.sum(axis=0) / 2


@mistake("lost")
def rows_summed(width, rng):
    W = rng.standard_normal((width, width)) / np.sqrt(width)
    return W, -W.sum(axis=1) / 2


@mistake("the same")
def always_one_matrix(width, rng):
    return np.eye(width) * 4, np.full(width, -2.0)


DEPTH = 20


def judge(answer: Any) -> None:
    for width, seed in ((96, 0), (160, 1)):
        rng = np.random.default_rng(seed)
        signal = np.random.default_rng(7).standard_normal((32, width))
        weights, slopes, far = [], [], []
        for _ in range(DEPTH):
            W, b = several(answer_of(answer, width, rng), ("W", "b"), name="start")
            W, b = np.asarray(W, float), np.asarray(b, float)
            array(0 * W, np.zeros((width, width)), name="W")
            array(0 * b, np.zeros(width), name="b")
            if weights and np.array_equal(W, weights[-1]):
                raise Wrong("Two layers got the same weights; draw them from rng.")
            z = np.dot(signal, W) + b
            signal = 0.5 * (1 + np.tanh(0.5 * z))
            weights.append(W)
            slopes.append(signal - signal**2)
            far.append(np.mean(np.mean(z, axis=0) ** 2))
        back = np.random.default_rng(8).standard_normal(signal.shape)
        first = np.sqrt(np.sum(back**2))
        for W, slope in zip(weights[::-1], slopes[::-1], strict=True):
            back = np.dot(back * slope, W.T)
        norm = float(np.sqrt(np.sum(back**2)) / first)
        if norm > 50:
            raise Wrong(f"For width {width} the gradient is blown up: to {norm:.0e}.")
        if norm < 1 / 50:
            centred = np.median(far) < 1
            raise Wrong(
                f"For width {width} the gradient is lost: {norm:.0e} is left. "
                + (
                    "The weights are too small for slopes of a quarter."
                    if centred
                    else "The sums lie far to one side, where the slope is small; centre them."
                )
            )


def answer_of(answer: Any, width: int, rng: np.random.Generator) -> Any:
    """Call it with the generator itself: a copy would draw the same for each layer."""
    if not callable(answer) or answer is ...:
        return called(answer, width, rng, name="start")
    return called(lambda: answer(width, rng), name="start")
