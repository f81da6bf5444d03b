"""Two directions of one draw are one observation."""

from typing import Any

import numpy as np
from scipy import stats

from companion.exercises import mistake
from companion.exercises.compare import array, called


def interval(right):
    draws = np.mean(right, axis=1)
    n = len(draws)
    half = stats.t.ppf(0.975, n - 1) * draws.std(ddof=1) / np.sqrt(n)
    return draws.mean() - half, draws.mean() + half


@mistake("two observations")
def apart(right):
    shares = np.ravel(right)
    n = len(shares)
    half = stats.t.ppf(0.975, n - 1) * shares.std(ddof=1) / np.sqrt(n)
    return shares.mean() - half, shares.mean() + half


@mistake("Student's t")
def normal(right):
    draws = np.mean(right, axis=1)
    half = 1.959964 * draws.std(ddof=1) / np.sqrt(len(draws))
    return draws.mean() - half, draws.mean() + half


@mistake("divided by n")
def no_ddof(right):
    draws = np.mean(right, axis=1)
    n = len(draws)
    half = stats.t.ppf(0.975, n - 1) * draws.std() / np.sqrt(n)
    return draws.mean() - half, draws.mean() + half


@mistake("of the mean")
def single(right):
    draws = np.mean(right, axis=1)
    half = stats.t.ppf(0.975, len(draws) - 1) * draws.std(ddof=1)
    return draws.mean() - half, draws.mean() + half


def judge(answer: Any) -> None:
    rng = np.random.default_rng(4)
    for n in (5, 12):
        liking = rng.uniform(0.1, 0.3)
        level = rng.uniform(0.5, 0.8, n)
        right = np.stack([level + liking, level - liking], axis=1) + rng.normal(0, 0.02, (n, 2))
        draws = [float(row.sum()) / 2 for row in right]
        middle = sum(draws) / n
        squares = sum((d - middle) ** 2 for d in draws)
        t = float(stats.t(n - 1).isf(0.025))
        sd, sd_n = (squares / (n - 1)) ** 0.5, (squares / n) ** 0.5
        every = right.flatten()
        wide = float(stats.t(2 * n - 1).isf(0.025) * np.sqrt(np.var(every, ddof=1) / (2 * n)))

        def ends(half: float, middle: float = middle) -> list[float]:
            return [middle - half, middle + half]

        causes = [
            (ends(wide), "the two directions of a draw are not two observations."),
            (ends(1.959964 * sd / n**0.5), "so few draws need Student's t, not 1.96."),
            (ends(t * sd_n / n**0.5), "the variance is divided by n; divide by n - 1."),
            (ends(t * sd), "that is the spread of a draw, not of the mean."),
        ]
        found = called(answer, right, name="interval")
        array(found, ends(t * sd / n**0.5), causes=causes, name="the interval", rtol=1e-5)
