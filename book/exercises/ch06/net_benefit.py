"""Net benefit at a threshold."""

from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def net_benefit(y, p, threshold):
    treated = p >= threshold
    weight = threshold / (1 - threshold)
    return np.mean(treated * (y - weight * (1 - y)))


@mistake("weight")
def no_weight(y, p, threshold):
    t = p >= threshold
    return np.mean(t * (y - (1 - y)))


@mistake("upside down")
def odds_turned(y, p, threshold):
    t = p >= threshold
    return np.mean(t * (y - (1 - threshold) / threshold * (1 - y)))


@mistake("all people")
def per_treated(y, p, threshold):
    t = p >= threshold
    return np.mean((y - threshold / (1 - threshold) * (1 - y))[t])


def judge(answer: Any) -> None:
    rng = np.random.default_rng(5)
    for n, threshold in ((50, 0.1), (80, 0.3), (30, 0.05)):
        p = np.round(rng.random(n), 2)
        p[0] = threshold  # who states exactly the threshold is treated
        y = (rng.random(n) < 0.3).astype(int)
        y[0] = 1
        sick = sum(1 for truth, stated in zip(y, p, strict=True) if truth and stated >= threshold)
        treated = sum(1 for stated in p if stated >= threshold)
        healthy, odds = treated - sick, Fraction(str(threshold)) / (1 - Fraction(str(threshold)))
        value = float(sick - odds * healthy)
        number(
            called(answer, y, p, threshold, name="net_benefit"),
            value / n,
            causes=[
                (
                    (sick - healthy) / n,
                    "a treated healthy person weighs threshold/(1 - threshold);"
                    " the weight is missing.",
                ),
                (float(sick - healthy / odds) / n, "the weight stands upside down."),
                (value / treated, "divide by the number of all people, not of the treated."),
            ],
            name=f"The net benefit at {threshold:.0%} for {n} people",
        )
