"""The least poison that works for sure, from repeated runs."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def needed(success, counts, target):
    for bad in counts:
        runs = np.array([success(bad, seed) for seed in range(5)])
        half = 2.776 * runs.std(ddof=1) / np.sqrt(5)
        if runs.mean() - half >= target:
            return bad


@mistake("mean alone")
def by_mean(success, counts, target):
    for bad in counts:
        if np.mean([success(bad, seed) for seed in range(5)]) >= target:
            return bad


@mistake("one seed")
def lucky(success, counts, target):
    for bad in counts:
        if max(success(bad, seed) for seed in range(5)) >= target:
            return bad


@mistake("upper end")
def hopeful(success, counts, target):
    for bad in counts:
        runs = np.array([success(bad, seed) for seed in range(5)])
        if runs.mean() + 2.776 * runs.std(ddof=1) / np.sqrt(5) >= target:
            return bad


@mistake("spread of one run")
def careful(success, counts, target):
    for bad in counts:
        runs = np.array([success(bad, seed) for seed in range(5)])
        if runs.mean() - 2.776 * runs.std(ddof=1) >= target:
            return bad


def judge(answer: Any) -> None:
    for start, slope in ((0, 1.0), (10, 2.0)):

        def success(bad: int, seed: int, start: float = start, slope: float = slope) -> float:
            return start + slope * bad + (-12.0, 2.0, 3.0, 3.0, 4.0)[seed]

        counts, target = range(1, 101), 50
        # The five runs always have the same spread, so the ends move with the middle.
        spread = ((144 + 4 + 9 + 9 + 16) / 4) ** 0.5
        shifts = {
            "right": -2.776 * spread / 5**0.5,
            "mean": 0.0,
            "lucky": 4.0,
            "upper": 2.776 * spread / 5**0.5,
            "single": -2.776 * spread,
        }
        first = {
            name: min(bad for bad in counts if start + slope * bad + shift >= target)
            for name, shift in shifts.items()
        }
        number(
            called(answer, success, counts, target, name="needed"),
            first["right"],
            causes=[
                (first["mean"], "the mean alone may be luck; ask the lower end of the interval."),
                (first["lucky"], "one seed that works proves nothing."),
                (first["upper"], "that is the upper end; what is sure is the lower one."),
                (first["single"], "that is the spread of one run; the mean of five is surer."),
            ],
            name="needed",
        )
