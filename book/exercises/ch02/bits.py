"""Bits of a converter for a wanted distance to the rounding noise."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, number


def bits(decibel):
    first = 10 * np.log10(1.5)
    return int(np.ceil((decibel - first) / (20 * np.log10(2))))


@mistake("round up")
def rounds_down(decibel):
    return int((decibel - 1.76) / 6.02)


@mistake("full-scale tone")
def no_constant(decibel):
    return int(np.ceil(decibel / 6.0206))


@mistake("a bit halves the error")
def amplitude(decibel):
    return int(np.ceil((decibel - 1.76) / 3.0103))


@mistake("whole number")
def fraction(decibel):
    return (decibel - 1.7609) / 6.0206


def judge(answer: Any) -> None:
    for decibel in (30.0, 49.5, 61.0, 74.3, 98.0, 20.5):
        # Counting instead of a logarithm: each bit multiplies the ratio of powers by four.
        wanted, ratio, right = 10.0 ** (decibel / 10), 6.0, 1
        while ratio < wanted:
            ratio, right = 4 * ratio, right + 1
        got = called(answer, decibel, name="bits")
        if isinstance(got, float | np.floating) and got != np.floor(got):
            raise Wrong(f"bits({decibel}) is {got:.3f}; it should be a whole number of bits.")
        twice = int(np.ceil((decibel - 1.76) / 3.0103))
        number(
            got,
            right,
            causes=[
                (right - 1, "with so few bits the noise is too loud; round up."),
                (right + 1, "one bit fewer is enough; use the constant of a full-scale tone."),
                (twice, "a bit halves the error, and its power falls to a quarter."),
            ],
            name=f"bits({decibel})",
        )
