"""Wilson's interval for a sensitivity."""

import math
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def interval(found, sick):
    share, z2 = found / sick, 1.96**2
    middle = share + z2 / (2 * sick)
    half = np.sqrt(z2 * share * (1 - share) / sick + (z2 / (2 * sick)) ** 2)
    return (middle - half) / (1 + z2 / sick), (middle + half) / (1 + z2 / sick)


@mistake("has no width")
def plus_minus(found, sick):
    s = found / sick
    h = 1.96 * np.sqrt(s * (1 - s) / sick)
    return s - h, s + h


@mistake("90 %")
def ninety_percent(found, sick):
    s, z2 = found / sick, 1.645**2
    m = s + z2 / (2 * sick)
    h = np.sqrt(z2 * s * (1 - s) / sick + (z2 / (2 * sick)) ** 2)
    return (m - h) / (1 + z2 / sick), (m + h) / (1 + z2 / sick)


@mistake("divide")
def not_divided(found, sick):
    s, z2 = found / sick, 1.96**2
    m = s + z2 / (2 * sick)
    h = np.sqrt(z2 * s * (1 - s) / sick + (z2 / (2 * sick)) ** 2)
    return m - h, m + h


def judge(answer: Any) -> None:
    for found, sick in ((84, 85), (85, 85), (0, 12), (50, 100), (3, 7)):
        result = called(answer, found, sick, name="interval")
        for k, end in enumerate(("lower", "upper")):
            share = found / sick
            plain = 1.96 * math.sqrt(share * (1 - share) / sick)
            right = _wilson_end(found, sick, 1.96, k)
            number(
                result[k] if np.shape(result) == (2,) else result,
                right,
                rtol=1e-5,
                causes=[
                    (
                        share + (plain, -plain)[1 - k],
                        "that is share ± 1.96 · error, which has no width for 85 of 85.",
                    ),
                    (_wilson_end(found, sick, 1.645, k), "that is the interval for 90 %."),
                    (right * (1 + 1.96**2 / sick), "divide both ends by 1 + z²/n."),
                ],
                atol=1e-6,
                name=f"The {end} end for {found} of {sick}",
            )


def _wilson_end(found: int, sick: int, z: float, upper: int) -> float:
    """Find the end by halving: on which side of it is the observed share too surprising?"""
    share = found / sick
    inside, outside = share, float(upper)
    for _ in range(80):
        middle = (inside + outside) / 2
        surprising = abs(middle - share) > z * math.sqrt(middle * (1 - middle) / sick)
        inside, outside = (inside, middle) if surprising else (middle, outside)
    return inside
