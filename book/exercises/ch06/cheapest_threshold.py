"""The threshold with the lowest cost of calls and missed amounts."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def cheapest(y, scores, amount, price):
    thresholds = np.unique(scores)
    called = scores >= thresholds[:, None]
    missed = ~called @ (y * amount)
    return thresholds[np.argmin(price * called.sum(axis=1) + missed)]


@mistake("at or above")
def strictly_above(y, scores, amount, price):
    t = np.unique(scores)
    c = scores > t[:, None]
    return t[np.argmin(price * c.sum(1) + (~c * (y * amount)).sum(1))]


@mistake("right alarms cost a call too")
def false_alarms_only(y, scores, amount, price):
    t = np.unique(scores)
    c = scores >= t[:, None]
    return t[np.argmin(price * (c & (y == 0)).sum(1) + (~c * (y * amount)).sum(1))]


@mistake("a missed fraud costs its amount")
def count_of_misses(y, scores, amount, price):
    t = np.unique(scores)
    c = scores >= t[:, None]
    return t[np.argmin(price * c.sum(1) + (~c & (y == 1)).sum(1))]


def judge(answer: Any) -> None:
    def best(y: Any, scores: Any, price: float, right: float, loss: Any, strict: bool) -> float:
        bills: dict[float, float] = {}
        for threshold in sorted(set(scores.tolist())):
            bill = 0.0
            for truth, score, cost in zip(y, scores, loss, strict=True):
                alarm = score > threshold if strict else score >= threshold
                bill += (right if truth else price) if alarm else truth * cost
            bills[threshold] = bill
        return min(bills, key=lambda t: bills[t])

    rng = np.random.default_rng(3)
    for n, price in ((40, 5.0), (60, 20.0), (30, 1.0), (50, 12.0), (45, 8.0)):
        y = (rng.random(n) < 0.3).astype(int)
        scores = np.round(y * 0.3 + rng.random(n), 2)
        amount = rng.uniform(1, 60, n)
        ones = np.ones(n)
        number(
            called(answer, y, scores, amount, price, name="cheapest"),
            best(y, scores, price, price, amount, False),
            causes=[
                (best(y, scores, price, price, amount, True), "call those at or above it."),
                (best(y, scores, price, 0.0, amount, False), "right alarms cost a call too."),
                (best(y, scores, price, price, ones, False), "a missed fraud costs its amount."),
            ],
            name=f"The cheapest threshold for {n} payments and calls of {price:.0f} dollars",
        )
