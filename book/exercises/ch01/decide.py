"""Stop a payment where the expected costs say so."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def stop(p, alarm, miss):
    return (1 - p) * alarm < p * miss


@mistake("whatever the costs")
def one_half(p, alarm, miss):
    return p > 0.5


@mistake("swapped")
def swapped(p, alarm, miss):
    return (1 - p) * miss < p * alarm


@mistake("ratio of the costs")
def odds(p, alarm, miss):
    return p > alarm / miss


@mistake("opposite")
def turned(p, alarm, miss):
    return (1 - p) * alarm > p * miss


def judge(answer: Any) -> None:
    for alarm, miss in ((1.0, 9.0), (3.0, 1.0), (2.0, 2.5)):
        frauds = np.arange(1, 1000, 2)  # among 1,000 payments with the same score
        p = frauds / 1000
        frauds = frauds[frauds * (alarm + miss) != 1000 * alarm]  # leave ties out
        p = frauds / 1000
        right = np.array([min((1000 - f) * alarm, f * miss) != f * miss for f in frauds])
        array(
            called(answer, p, alarm, miss, name="stop"),
            right,
            causes=[
                (p > 0.5, "you stop above one half, whatever the costs are."),
                (p > miss / (alarm + miss), "the two costs are swapped."),
                (p > alarm / miss, "p is compared with the ratio of the costs; use a share."),
                (~right, "you do the opposite: a low p should pass."),
            ],
            name="stop",
        )
