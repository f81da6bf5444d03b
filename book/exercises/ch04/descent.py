"""One step of gradient descent for a line whose slope is punished."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number, several, unlike


def step(x, y, w, b, rate, penalty):
    error = w * x + b - y
    by_w = 2 * np.mean(error * x) + 2 * penalty * w
    return w - rate * by_w, b - 2 * rate * np.mean(error)


@mistake("penalty")
def no_penalty(x, y, w, b, rate, penalty):
    error = w * x + b - y
    return w - 2 * rate * np.mean(error * x), b - 2 * rate * np.mean(error)


@mistake("swapped")
def swapped(x, y, w, b, rate, penalty):
    error = w * x + b - y
    by_w = 2 * np.mean(error) + 2 * penalty * w
    return w - rate * by_w, b - 2 * rate * np.mean(error * x)


@mistake("uphill")
def uphill(x, y, w, b, rate, penalty):
    error = w * x + b - y
    by_w = 2 * np.mean(error * x) + 2 * penalty * w
    return w + rate * by_w, b + 2 * rate * np.mean(error)


@mistake("factor 2")
def no_two(x, y, w, b, rate, penalty):
    error = w * x + b - y
    return w - rate * (np.mean(error * x) + penalty * w), b - rate * np.mean(error)


@mistake("is not punished")
def bias_punished(x, y, w, b, rate, penalty):
    error = w * x + b - y
    by_w = 2 * np.mean(error * x) + 2 * penalty * w
    return w - rate * by_w, b - rate * (2 * np.mean(error) + 2 * penalty * b)


@mistake("new w")
def one_after_the_other(x, y, w, b, rate, penalty):
    w = w - rate * (2 * np.mean((w * x + b - y) * x) + 2 * penalty * w)
    return w, b - 2 * rate * np.mean(w * x + b - y)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(4)
    for n in (5, 12):
        x, y = rng.standard_normal((2, n)) + 1.5
        w, b, rate, penalty = 0.7, -0.4, 0.05, 0.3
        rest = np.polyval((w, b), x) - y
        by_x, by_1 = 2 * np.dot(rest, x) / n, 2 * rest.sum() / n
        got = several(
            called(answer, x, y, w, b, rate, penalty, name="step"), ("w", "b"), name="step"
        )
        slope = by_x + 0.6 * w
        causes = unlike(
            w - rate * slope,
            (w - rate * by_x, "the derivative of the penalty is missing."),
            (w - rate * (by_1 + 0.6 * w), "the two gradients are swapped: the slope meets x."),
            (w + rate * slope, "that goes uphill; take the gradient away."),
            (w - 0.5 * rate * slope, "the factor 2 of the square's derivative is missing."),
        )
        number(got[0], w - rate * slope, causes=causes, name="w")
        moved = np.polyval((w - rate * slope, b), x) - y
        causes = unlike(
            b - rate * by_1,
            (b - rate * by_1 - rate * 0.6 * b, "the bias is not punished."),
            (b - rate * 2 * moved.sum() / n, "that uses the new w; both use the old values."),
        )
        number(got[1], b - rate * by_1, causes=causes, name="b")
