"""Undo labels that are known to be wrong in one group."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def corrected(chance, group, flipped):
    kept = np.where(group, 1 - flipped, 1.0)
    return chance / kept > 0.5


@mistake("predicts the record")
def recorded(chance, group, flipped):
    return chance > 0.5


@mistake("both groups")
def everybody(chance, group, flipped):
    return chance / (1 - flipped) > 0.5


@mistake("do not add")
def shifted(chance, group, flipped):
    return chance + flipped * group > 0.5


@mistake("other way")
def multiplied(chance, group, flipped):
    return chance * np.where(group, 1 - flipped, 1.0) > 0.5


def judge(answer: Any) -> None:
    for flipped in (0.5, 0.3):
        grid = np.arange(0.013, 1, 0.02)
        chance, group = np.tile(grid, 2), np.repeat([True, False], len(grid))

        def told(rule: Any, chance: Any = chance, group: Any = group) -> Any:
            return np.array([float(rule(c, g)) for c, g in zip(chance, group, strict=True)])

        # Of n people with this chance, chance * n are recorded as yes. In the group these are what
        # is left of the true ones.
        right = told(lambda c, g, f=flipped: 2 * c > (1 - f if g else 1))
        array(
            np.asarray(called(answer, chance, group, flipped, name="corrected"), dtype=float),
            right,
            causes=[
                (told(lambda c, g: c > 0.5), "that predicts the record, not the truth."),
                (
                    told(lambda c, g, f=flipped: c / (1 - f) > 0.5),
                    "that corrects both groups; the labels of one are right.",
                ),
                (
                    told(lambda c, g, f=flipped: c + f * g > 0.5),
                    "flipping takes a share of the positives, so divide; do not add.",
                ),
                (
                    told(lambda c, g, f=flipped: c * (1 - f if g else 1) > 0.5),
                    "that goes the other way: the true chance is larger than the recorded one.",
                ),
            ],
            name="corrected",
        )
