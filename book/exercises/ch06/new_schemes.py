"""The test rows of a split by scheme and time."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, unlike


def new_schemes(scheme, day, until):
    return ~np.isin(scheme, scheme[day <= until])


@mistake("known schemes, too")
def later_only(scheme, day, until):
    return day > until


@mistake("already labelled")
def turned(scheme, day, until):
    return np.isin(scheme, scheme[day <= until])


@mistake("last day of training")
def day_before(scheme, day, until):
    return ~np.isin(scheme, scheme[day < until])


def judge(answer: Any) -> None:
    for scheme, day, until in (
        ([1, 2, 1, 3, 2, 4, 3, 4], [1, 2, 3, 3, 5, 6, 7, 8], 3),
        ([7, 5, 5, 7, 9, 6, 9, 6, 5], [4, 1, 6, 2, 9, 3, 8, 7, 9], 4),
        ([2, 8, 8, 3, 3, 2, 1], [5, 5, 1, 9, 2, 7, 6], 5),
    ):
        rows = list(zip(scheme, day, strict=True))

        def unseen(last: int, rows: list[tuple[int, int]] = rows) -> list[bool]:
            return [all(d > last for s, d in rows if s == mine) for mine, _ in rows]

        right = unseen(until)
        got = called(answer, np.array(scheme), np.array(day), until, name="new_schemes")
        array(
            got,
            right,
            causes=unlike(
                right,
                ([d > until for d in day], "rows of known schemes, too, are marked."),
                ([not mark for mark in right], "these schemes were already labelled."),
                (unseen(until - 1), "the last day of training counts as training."),
            ),
            name=f"new_schemes({scheme}, {day}, {until})",
        )
