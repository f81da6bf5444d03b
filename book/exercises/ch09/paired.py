"""A t-interval for the difference of two methods on the same draws."""

from typing import Any

import numpy as np
from scipy.stats import t

from companion.exercises import mistake
from companion.exercises.compare import array, called, unlike


def interval(ours, rival):
    gains = np.subtract(ours, rival)
    n = len(gains)
    half = t.ppf(0.975, n - 1) * gains.std(ddof=1) / np.sqrt(n)
    return np.array([gains.mean() - half, gains.mean() + half])


@mistake("not paired")
def unpaired(ours, rival):
    n = len(ours)
    spread = np.sqrt((np.var(ours, ddof=1) + np.var(rival, ddof=1)) / n)
    middle, half = np.mean(ours) - np.mean(rival), t.ppf(0.975, n - 1) * spread
    return np.array([middle - half, middle + half])


@mistake("normal law")
def normal(ours, rival):
    gains = np.subtract(ours, rival)
    half = 1.959963984540054 * gains.std(ddof=1) / np.sqrt(len(gains))
    return np.array([gains.mean() - half, gains.mean() + half])


@mistake("single draws")
def draws(ours, rival):
    gains = np.subtract(ours, rival)
    half = t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1)
    return np.array([gains.mean() - half, gains.mean() + half])


def judge(answer: Any) -> None:
    for n, seed in ((5, 0), (8, 1), (20, 2)):
        rng = np.random.default_rng(seed)
        common = rng.normal(10, 3, n)
        ours, rival = common + rng.normal(0, 0.5, n), common + rng.normal(1, 0.5, n)
        gains = [float(a - b) for a, b in zip(ours, rival, strict=True)]
        middle = sum(gains) / n
        spread = (sum((g - middle) ** 2 for g in gains) / (n - 1)) ** 0.5
        # Student's quantiles from a table.
        reach = {5: 2.7764451052, 8: 2.3646242516, 20: 2.0930240544}[n]

        def ends(half: float, middle: float = middle) -> Any:
            return np.array([middle - half, middle + half])

        right = ends(reach * spread / n**0.5)
        apart = (np.var(ours, ddof=1) + np.var(rival, ddof=1)) ** 0.5
        array(
            called(answer, ours, rival, name="interval"),
            right,
            causes=unlike(
                right,
                (
                    ends(reach * apart / n**0.5),
                    "that is not paired: take differences draw by draw.",
                ),
                (
                    ends(1.959963984540054 * spread / n**0.5),
                    "that uses the normal law; with few draws Student's t is wider.",
                ),
                (
                    ends(reach * spread),
                    "that holds single draws; divide by the root of their number for the mean.",
                ),
            ),
            name="interval",
            rtol=1e-5,
        )
