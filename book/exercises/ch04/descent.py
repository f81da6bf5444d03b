"""One step of gradient descent on a line."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import mistake
from companion.exercises.compare import called, number, several


def step(x, y, w, b, rate):
    error = w * x + b - y
    return w - 2 * rate * np.mean(error * x), b - 2 * rate * np.mean(error)


@mistake("swapped")
def swapped(x, y, w, b, rate):
    error = w * x + b - y
    return w - 2 * rate * np.mean(error), b - 2 * rate * np.mean(error * x)


@mistake("uphill")
def uphill(x, y, w, b, rate):
    error = w * x + b - y
    return w + 2 * rate * np.mean(error * x), b + 2 * rate * np.mean(error)


@mistake("factor 2")
def no_factor(x, y, w, b, rate):
    error = w * x + b - y
    return w - rate * np.mean(error * x), b - rate * np.mean(error)


@mistake("mean over the examples")
def summed(x, y, w, b, rate):
    error = w * x + b - y
    return w - 2 * rate * np.sum(error * x), b - 2 * rate * np.sum(error)


@mistake("the old w")
def one_after_the_other(x, y, w, b, rate):
    w = w - 2 * rate * np.mean((w * x + b - y) * x)
    return w, b - 2 * rate * np.mean(w * x + b - y)


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    rng = np.random.default_rng(4)
    for n, rate in ((5, 0.1), (12, 0.03)):
        x, y = rng.standard_normal(n) + 1.0, rng.standard_normal(n)
        w, b = rng.standard_normal(2)

        def objective(w: float, b: float, x: Array = x, y: Array = y) -> float:
            return float(np.polyval([w, b], x).dot(np.polyval([w, b], x) - 2 * y) + y.dot(y)) / len(
                x
            )

        # A central difference of a quadratic is its derivative, whatever the step.
        by_w = (objective(w + 1, b) - objective(w - 1, b)) / 2
        by_b = (objective(w, b + 1) - objective(w, b - 1)) / 2
        later = w - rate * by_w
        by_b_later = (objective(later, b + 1) - objective(later, b - 1)) / 2
        new_w, new_b = several(
            called(answer, x, y, w, b, rate, name="step"), ("the new w", "the new b"), name="step"
        )
        mistakes = [
            (by_b, by_w, "the two derivatives are swapped: w goes with the error times x."),
            (-by_w, -by_b, "this goes uphill; subtract the derivative."),
            (by_w / 2, by_b / 2, "the factor 2 of the square's derivative is missing."),
            (by_w * n, by_b * n, "take the mean over the examples, not the sum."),
            (by_w, by_b_later, "b's derivative is to be taken at the old w."),
        ]
        number(new_w, later, causes=[(w - rate * m[0], m[2]) for m in mistakes[:4]], name="w")
        number(new_b, b - rate * by_b, causes=[(b - rate * m[1], m[2]) for m in mistakes], name="b")
