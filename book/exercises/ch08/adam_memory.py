"""Bytes of weights, gradients and Adam's averages."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def adam_bytes(widths):
    parameters = 0
    for inputs, outputs in zip(widths[:-1], widths[1:]):
        parameters += (inputs + 1) * outputs
    return 16 * parameters


@mistake("biases")
def no_biases(widths):
    return 16 * sum(a * b for a, b in zip(widths, widths[1:]))


@mistake("the stored model")
def weights_only(widths):
    return 4 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))


@mistake("two averages")
def one_average(widths):
    return 12 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))


@mistake("float64")
def numbers(widths):
    return 4 * 4 * 2 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))


def judge(answer: Any) -> None:
    for widths in ((8, 64, 32, 1), (3, 2), (10, 7, 7, 7, 4)):
        kept: list[np.ndarray] = []
        for layer in range(1, len(widths)):
            for shape in ((widths[layer - 1], widths[layer]), (widths[layer],)):
                kept += [np.empty(shape, np.float32) for _ in ("w", "gradient", "mean", "square")]
        total = sum(part.nbytes for part in kept)
        biases = sum(part.nbytes for part in kept if part.ndim == 1)
        number(
            called(answer, widths, name="adam_bytes"),
            total,
            causes=[
                (total - biases, "the biases are trained too."),
                (total / 4, "that is the stored model: weights alone."),
                (total / 4 * 3, "one of the four is missing; Adam keeps two averages."),
                (total * 2, "that would be float64; float32 takes four bytes."),
            ],
            name=f"adam_bytes({widths})",
        )
