"""Pupils a class needs for a wanted correlation of means."""

from fractions import Fraction
from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def pupils(q, r):
    return r / (1 - r) * (1 - q) / q


@mistake("pupils' share")
def pupil_share_lost(q, r):
    return r / (1 - r) / q


@mistake("upside down")
def turned(q, r):
    return (1 - r) / r * (1 - q) / q


@mistake("1 − r")
def no_rest(q, r):
    return r * (1 - q) / q


def judge(answer: Any) -> None:
    for q, n in (
        (Fraction(1, 100), 25),
        (Fraction(1, 20), 100),
        (Fraction(7, 50), 4),
    ):
        r = q / (q + (1 - q) / n)  # exact, from a known number of pupils
        rest = Fraction(1) - r
        number(
            called(answer, float(q), float(r), name="pupils"),
            float(n),
            causes=[
                (float(n / (1 - q)), "the pupils' share, 1 − q, is missing."),
                (float(n * rest * rest / r / r), "the ratio of r is upside down."),
                (float(n * rest), "divide by 1 − r too."),
            ],
            unit="pupils",
            name="pupils",
        )
