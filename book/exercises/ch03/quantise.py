"""Quantise to eight bits with clipping."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def quantise(x, low, high):
    step = (high - low) / 255
    q = np.round((x - low) / step) - 128
    return np.clip(q, -128, 127).astype(int)


@mistake("255 steps")
def steps_256(x, low, high):
    q = np.round((x - low) / ((high - low) / 256)) - 128
    return np.clip(q, -128, 127).astype(int)


@mistake("rounds down")
def cut_off(x, low, high):
    q = np.floor((x - low) / ((high - low) / 255)) - 128
    return np.clip(q, -128, 127).astype(int)


@mistake("clipped")
def no_clipping(x, low, high):
    return (np.round((x - low) / ((high - low) / 255)) - 128).astype(int)


@mistake("`low` should become -128")
def from_zero(x, low, high):
    q = np.round(x / ((high - low) / 255))
    return np.clip(q, -128, 127).astype(int)


@mistake("whole numbers")
def floats(x, low, high):
    step = (high - low) / 255
    return np.clip((x - low) / step - 128, -128, 127)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for low, high in ((-1.0, 1.0), (0.0, 6.0), (-3.0, -0.5)):
        grid = np.linspace(low, high, 256)  # the values that steps stand for
        width = high - low
        x = np.concatenate([rng.uniform(low - width, high + width, 300), [low, high]])
        got = np.asarray(called(answer, x, low, high, name="quantise"))
        if got.dtype.kind not in "iu":
            raise Wrong(f"quantise should return whole numbers; it returned {got.dtype}.")
        inside = (x >= low) & (x <= high)
        # Another way to the nearest step: look at every one.
        nearest = np.abs(x[:, None] - grid).argmin(1) - 128
        if got.shape == x.shape and np.array_equal(got[inside], nearest[inside]):
            if not np.array_equal(got, nearest):
                raise Wrong("Values outside low and high should be clipped to -128 and 127.")
            continue
        below = np.searchsorted(grid, x, side="right") - 129
        wide = np.abs(x[:, None] - np.linspace(low, high, 257)).argmin(1) - 128
        zero = np.clip(np.rint(255 * x / width), -128, 127)
        array(
            got,
            nearest,
            causes=[
                (np.clip(below, -128, 127), "it rounds down; go to the nearest step."),
                (np.minimum(wide, 127), "from -128 to 127 there are 255 steps, not 256."),
                (zero, "`low` should become -128; here zero becomes 0."),
            ],
            name=f"quantise(x, {low}, {high})",
        )
