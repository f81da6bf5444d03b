"""The mean exposure of a number that was never planted."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def chance_exposure(R):
    return np.mean(np.log2(R / np.arange(1, R + 1)))


@mistake("middle rank")
def of_the_middle_rank(R):
    return np.log2(R / ((R + 1) / 2))


@mistake("natural logarithm")
def in_nats(R):
    return np.mean(np.log(R / np.arange(1, R + 1)))


@mistake("nothing")
def none_at_all(R):
    return 0.0


@mistake("log2(R)")
def of_the_first_rank(R):
    return np.log2(R)


def judge(answer: Any) -> None:
    for R in (4, 10, 1000):
        product = 1.0
        for rank in range(1, R + 1):
            product *= (R / rank) ** (1 / R)
        right = float(np.log(product) / np.log(2))
        number(
            called(answer, R, name="chance_exposure"),
            right,
            causes=[
                (
                    np.log2(2 * R / (R + 1)),
                    "that is the exposure of the middle rank; take the mean of the exposures.",
                ),
                (right * np.log(2), "that is the natural logarithm; exposure is in bits."),
                (0, "it is not nothing: only the last rank has no exposure."),
                (np.log2(R), "that is log2(R), the exposure of the first rank."),
            ],
            unit="bits",
            name=f"chance_exposure({R})",
        )
