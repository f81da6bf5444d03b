"""Stop, run or look first: the cheapest of three actions."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, unlike


def least_cost(p, missed, needless, look):
    stop, run = (1 - p) * needless, p * missed
    blind = np.where(stop < run, stop, run)
    return np.where(blind < look, blind, look)


@mistake("two actions")
def without_looking(p, missed, needless, look):
    return np.minimum((1 - p) * needless, p * missed)


@mistake("swapped")
def swapped(p, missed, needless, look):
    return np.minimum(np.minimum(p * needless, (1 - p) * missed), look)


@mistake("after the look")
def pays_after_looking(p, missed, needless, look):
    stop, run = (1 - p) * needless, p * missed
    return np.minimum(np.minimum(stop, run), look + np.minimum(stop, run))


@mistake("one half")
def by_one_half(p, missed, needless, look):
    return np.where(p > 0.5, (1 - p) * needless, np.minimum(p * missed, look))


def judge(answer: Any) -> None:
    p = np.array([0.01, 0.04, 0.06, 0.3, 0.55, 0.9])
    for missed, needless, look in ((20.0, 1.0, 0.25), (3.0, 7.0, 1.0), (2.0, 2.0, 5.0)):
        bills = [(needless - needless * x, missed * x, look) for x in p]
        swapped_bills = [(needless * x, missed - missed * x, look) for x in p]
        halves = [b[0] if x > 0.5 else min(b[1:]) for x, b in zip(p, bills, strict=True)]
        right = [min(bill) for bill in bills]
        causes = unlike(
            right,
            (
                [min(bill[:2]) for bill in bills],
                "those are two actions; who looks pays `look` and nothing after the look, since "
                "the truth is known then.",
            ),
            ([min(bill) for bill in swapped_bills], "p and 1 - p are swapped."),
            (halves, "you stop above one half, whatever the costs are."),
        )
        array(
            called(answer, p, missed, needless, look, name="least_cost"),
            right,
            causes=causes,
            name=f"least_cost(p, {missed:g}, {needless:g}, {look:g})",
        )
