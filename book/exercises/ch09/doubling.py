"""Months to double at a yearly factor."""

import math
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def months_to_double(growth):
    return 12 * np.log(2) / np.log(growth)


@mistake("multiplies")
def linear(growth):
    return 12 * 2 / growth


@mistake("multiplies")
def share(growth):
    return 12 / growth


@mistake("years")
def years(growth):
    return np.log(2) / np.log(growth)


@mistake("straight line")
def linear_growth(growth):
    return 12 / (growth - 1)


def judge(answer: Any) -> None:
    for growth in (4.5, 1.2, 4.0):
        years = math.log(2, growth)
        number(
            called(answer, growth, name="months_to_double"),
            12 * years,
            causes=[
                (24 / growth, "growth multiplies from year to year; it does not divide the time."),
                (12 / growth, "growth multiplies from year to year; it does not divide the time."),
                (years, "these are years."),
                (12 / (growth - 1), "that is growth along a straight line; this one multiplies."),
            ],
            unit="months",
            name=f"months_to_double({growth})",
        )
