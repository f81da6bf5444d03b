"""Count the weights and biases of a dense network."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def parameters(widths):
    return sum((a + 1) * b for a, b in zip(widths[:-1], widths[1:]))


@mistake("biases")
def no_biases(widths):
    return sum(a * b for a, b in zip(widths[:-1], widths[1:]))


@mistake("one bias for each layer")
def one_bias_a_layer(widths):
    return sum(a * b + 1 for a, b in zip(widths[:-1], widths[1:]))


@mistake("inputs have no biases")
def input_has_biases(widths):
    return sum(a * b for a, b in zip(widths[:-1], widths[1:])) + sum(widths)


def judge(answer: Any) -> None:
    for widths in ([8, 64, 32, 1], [3, 5], [4, 1, 1, 7]):
        weights = int(np.dot(widths[:-1], widths[1:]))
        number(
            called(answer, widths, name="parameters"),
            weights + sum(widths[1:]),
            causes=[
                (weights, "the biases are missing, one for each unit."),
                (weights + len(widths) - 1, "that is one bias for each layer; each unit has one."),
                (weights + sum(widths), "the inputs have no biases; only units have."),
            ],
            name=f"parameters({widths})",
        )
