"""Cure rates standardised over the groups, where doctors chose."""

from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def adjusted(success, total):
    weight = total.sum(axis=0) / total.sum()
    return (success / total) @ weight


@mistake("own mix")
def raw(success, total):
    return success.sum(axis=1) / total.sum(axis=1)


@mistake("same weight")
def groups_equal(success, total):
    return (success / total).mean(axis=1)


@mistake("add up to one")
def own_weights(success, total):
    weight = total / total.sum()
    return (success / total * weight).sum(axis=1)


def judge(answer: Any) -> None:
    for success, total in (
        ([[81, 192], [234, 55]], [[87, 263], [270, 80]]),
        ([[5, 20, 9], [30, 2, 1]], [[10, 60, 10], [50, 4, 5]]),
    ):
        cured, treated = np.array(success, float), np.array(total, float)
        groups = range(len(total[0]))
        everyone = sum(map(sum, total))
        shares = [
            # Whole patients and exact fractions: move every patient to treatment i.
            sum(Fraction(success[i][j], total[i][j]) * sum(t[j] for t in total) for j in groups)
            / everyone
            for i in (0, 1)
        ]
        array(
            called(answer, cured, treated, name="adjusted"),
            [float(share) for share in shares],
            causes=[
                (
                    [sum(s) / sum(t) for s, t in zip(success, total, strict=True)],
                    "those are the raw shares, each with its own mix of groups.",
                ),
                (
                    [sum(cured[i] / treated[i]) / len(groups) for i in (0, 1)],
                    "every group has the same weight; large groups should count more.",
                ),
                (
                    [sum(s) / everyone for s in success],
                    "the weights of a treatment's groups should add up to one.",
                ),
            ],
            name="The adjusted shares",
        )
