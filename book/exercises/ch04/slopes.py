"""The derivatives of sigmoid, tanh and ReLU."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, several, slope


def slopes(x):
    s = 1 / (1 + np.exp(-x))
    return s * (1 - s), 1 - np.tanh(x) ** 2, (x > 0).astype(float)


@mistake("not its slope")
def values(x):
    return 1 / (1 + np.exp(-x)), np.tanh(x), np.maximum(x, 0)


@mistake("square of tanh")
def no_square(x):
    s = 1 / (1 + np.exp(-x))
    return s * (1 - s), 1 - np.tanh(x), (x > 0).astype(float)


@mistake("values of the function")
def of_the_input(x):
    return x * (1 - x), 1 - x**2, (x > 0).astype(float)


@mistake("At 0")
def zero_counts(x):
    s = 1 / (1 + np.exp(-x))
    return s * (1 - s), 1 - np.tanh(x) ** 2, (x >= 0).astype(float)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(2)
    for x in (3 * rng.standard_normal((4, 3)), np.array([0.0, 2.0, -2.0]), np.array([8.0, -8.0])):
        sigmoid = np.reciprocal(1 + np.exp(np.negative(x)))
        for_input = "write it with the values of the function, not with x itself."
        given = several(
            called(answer, x, name="slopes"), ("of sigmoid", "of tanh", "of ReLU"), name="slopes"
        )
        array(
            given[0],
            slope(lambda z: np.sum(1 / (1 + np.exp(-z))), x),
            causes=[
                (sigmoid, "that is the sigmoid, not its slope."),
                (x - x * x, for_input),
            ],
            name="The slope of the sigmoid",
        )
        array(
            given[1],
            slope(lambda z: np.sum(np.tanh(z)), x),
            causes=[
                (np.tanh(x), "that is tanh, not its slope."),
                (1 - np.tanh(x), "it takes the square of tanh."),
                (1 - x * x, for_input),
            ],
            name="The slope of tanh",
        )
        causes = [(np.clip(x, 0.0, None), "that is ReLU, not its slope.")]
        if not x.all():
            causes.append((np.heaviside(x, 1.0), "At 0 the exercise takes 0."))
        array(given[2], np.heaviside(x, 0.0), causes=causes, name="The slope of ReLU")
