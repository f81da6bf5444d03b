"""The exponent of a learning curve over a given floor."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def exponent(n, loss, floor):
    return -np.polyfit(np.log(n), np.log(loss - floor), 1)[0]


@mistake("without the floor")
def floor_forgotten(n, loss, floor):
    return -np.polyfit(np.log(n), np.log(loss), 1)[0]


@mistake("sign")
def sign_kept(n, loss, floor):
    return np.polyfit(np.log(n), np.log(loss - floor), 1)[0]


@mistake("two ends")
def from_the_ends(n, loss, floor):
    excess = loss - floor
    return -np.log(excess[-1] / excess[0]) / np.log(n[-1] / n[0])


@mistake("after the logarithm")
def floor_afterwards(n, loss, floor):
    return -np.polyfit(np.log(n), np.log(loss) - np.log(floor + 1), 1)[0]


def judge(answer: Any) -> None:
    for seed, c, floor in ((0, 0.3, 1.5), (1, 0.1, 0.5), (2, 0.6, 2.0)):
        rng = np.random.default_rng(seed)
        n = np.array([1e3, 3e3, 2e4, 1e5, 1e6])
        loss = floor + 5 * n**-c * rng.uniform(0.7, 1.4, len(n))

        away = np.log(n) - np.log(n).mean()

        excess = loss - floor
        right = float(-(away @ np.log(excess)) / (away @ away))
        ends = -np.log(excess[-1] / excess[0]) / np.log(n[-1] / n[0])
        number(
            called(answer, n, loss, floor, name="exponent"),
            right,
            causes=[
                (
                    float(-(away @ np.log(loss)) / (away @ away)),
                    "that is the exponent without the floor: subtract it first, not after the "
                    "logarithm.",
                ),
                (-right, "the sign is turned: the loss falls, and c is positive."),
                (ends, "you used the two ends; take the line through all points."),
            ],
            name="exponent",
        )
