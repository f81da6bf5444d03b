"""The narrowest bins in which nobody stands nearly alone."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def narrowest(born, widths, k):
    for width in sorted(widths):
        _, people = np.unique(born // width, return_counts=True)
        if people.min() >= k:
            return width


@mistake("mean group")
def on_average(born, widths, k):
    for width in sorted(widths):
        _, people = np.unique(born // width, return_counts=True)
        if people.mean() >= k:
            return width


@mistake("narrower width does as well")
def widest(born, widths, k):
    return max(widths)


@mistake("bins without anybody")
def with_empty(born, widths, k):
    for width in sorted(widths):
        if np.bincount(born // width).min() >= k:
            return width
    return 0


@mistake("nobody is alone")
def nobody_alone(born, widths, k):
    for width in sorted(widths):
        _, people = np.unique(born // width, return_counts=True)
        if people.min() > 1:
            return width


def judge(answer: Any) -> None:
    widths = [365, 1, 7, 30, 90]
    cases = (
        ([0, 1, 2, 3, 4, 5, 40, 41, 42, 43, 44, 50, 51, 52], 5, 30),
        ([*range(400, 800), 801, 802, 803, 805, 806, 1000, 1001, 1002, 1003, 1004], 5, 365),
        ([*range(0, 700, 3), *range(0, 700, 7)], 4, 30),
    )
    for days, k, _ in cases:
        born = np.array(days)
        found, alone, mean = [], [], []
        for width in sorted(widths):
            groups: dict[int, int] = {}
            for day in days:
                groups[day // width] = groups.get(day // width, 0) + 1
            if min(groups.values()) >= k:
                found.append(width)
            if min(groups.values()) > 1:
                alone.append(width)
            if sum(groups.values()) / len(groups) >= k:
                mean.append(width)
        causes = [
            (mean[0], "that asks the mean group; the smallest one decides who is found."),
            (alone[0], f"nobody is alone there, but groups of fewer than {k} remain."),
            (0, "bins without anybody single out nobody; leave them out."),
            (max(widths), "a narrower width does as well, and tells more."),
        ]
        number(
            called(answer, born, widths, k, name="narrowest"),
            found[0],
            causes=[cause for cause in causes if cause[0] != found[0]],
            name="narrowest",
        )
