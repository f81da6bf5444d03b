"""The NumPy integer type with the fewest bytes."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, choice


def smallest_type(low, high):
    for bits in (8, 16, 32, 64):
        if low < 0 and low >= -(2 ** (bits - 1)) and high < 2 ** (bits - 1):
            return f"int{bits}"
        if low >= 0 and high < 2**bits:
            return f"uint{bits}"


@mistake("no negative")
def always_signed(low, high):
    for bits in (8, 16, 32, 64):
        if low >= -(2 ** (bits - 1)) and high < 2 ** (bits - 1):
            return f"int{bits}"


@mistake("does not hold")
def one_too_far(low, high):
    for bits in (8, 16, 32, 64):
        if low < 0 and low >= -(2 ** (bits - 1)) and high <= 2 ** (bits - 1):
            return f"int{bits}"
        if low >= 0 and high <= 2**bits:
            return f"uint{bits}"


@mistake("does not hold")
def forgets_the_sign_bit(low, high):
    for bits in (8, 16, 32, 64):
        if max(-low, high) < 2**bits:
            return f"int{bits}" if low < 0 else f"uint{bits}"


@mistake("smaller")
def too_large(low, high):
    return "int64" if low < 0 else "uint64"


def judge(answer: Any) -> None:
    names = [f"{sign}int{bits}" for bits in (8, 16, 32, 64) for sign in ("u", "")]
    edges = [2**b for b in (7, 8, 15, 16, 31, 32)]
    ranges = [(0, e + s) for e in edges for s in (-1, 0)] + [(0, 0), (5, 300), (-1, 2**62)]
    ranges += [(-1, e + s) for e in edges for s in (-1, 0)] + [
        (-e - s, 0) for e in edges for s in (0, 1)
    ]
    for low, high in ranges:
        fits = [n for n in names if np.iinfo(n).min <= low and high <= np.iinfo(n).max]
        right = next(n for n in fits if n.startswith("u") == (low >= 0))
        causes = {}
        for name in names:
            if name not in fits:
                causes[name] = f"{name} does not hold all from {low} to {high}."
            elif name.startswith("u") != (low >= 0):
                causes[name] = "there is no negative number here: take an unsigned type."
            elif name != right:
                causes[name] = f"a smaller type holds all from {low} to {high}."
        value = called(answer, low, high, name="smallest_type")
        choice(value, right, causes, name=f"smallest_type({low}, {high})")
