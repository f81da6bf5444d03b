"""How much searches overrate what they find, with an interval."""

import statistics
from typing import Any

import numpy as np
from scipy import stats

from companion.exercises import mistake
from companion.exercises.compare import array, called, several


def overrated(guiding, fresh):
    excess = np.asarray(guiding) - np.asarray(fresh)
    n, mean = len(excess), excess.mean()
    half = stats.t.ppf(0.975, n - 1) * excess.std(ddof=1) / n**0.5
    return mean, mean - half, mean + half


@mistake("normal distribution")
def normal(guiding, fresh):
    excess = np.asarray(guiding) - np.asarray(fresh)
    half = 1.959963984540054 * excess.std(ddof=1) / len(excess) ** 0.5
    return excess.mean(), excess.mean() - half, excess.mean() + half


@mistake("pairs")
def unpaired(guiding, fresh):
    a, b = np.asarray(guiding), np.asarray(fresh)
    n, mean = len(a), a.mean() - b.mean()
    half = stats.t.ppf(0.975, n - 1) * ((a.var(ddof=1) + b.var(ddof=1)) / n) ** 0.5
    return mean, mean - half, mean + half


@mistake("n - 1")
def population(guiding, fresh):
    excess = np.asarray(guiding) - np.asarray(fresh)
    n, mean = len(excess), excess.mean()
    half = stats.t.ppf(0.975, n - 1) * excess.std() / n**0.5
    return mean, mean - half, mean + half


@mistake("spread of single searches")
def no_root(guiding, fresh):
    excess = np.asarray(guiding) - np.asarray(fresh)
    n, mean = len(excess), excess.mean()
    half = stats.t.ppf(0.975, n - 1) * excess.std(ddof=1)
    return mean, mean - half, mean + half


@mistake("other way round")
def turned(guiding, fresh):
    excess = np.asarray(fresh) - np.asarray(guiding)
    n, mean = len(excess), excess.mean()
    half = stats.t.ppf(0.975, n - 1) * excess.std(ddof=1) / n**0.5
    return mean, mean - half, mean + half


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for n in (4, 8, 20):
        guiding = 0.93 + 0.01 * rng.standard_normal(n)
        fresh = guiding - 0.01 + 0.004 * rng.standard_normal(n)
        gaps = [g - f for g, f in zip(guiding.tolist(), fresh.tolist(), strict=True)]
        mean, error = statistics.fmean(gaps), statistics.stdev(gaps) / n**0.5
        border = float(stats.t.isf(0.025, n - 1))
        apart = float(np.sqrt((guiding.var(ddof=1) + fresh.var(ddof=1)) / n))

        def interval(half: float, middle: float = mean) -> list[float]:
            return [middle, middle - half, middle + half]

        got = called(answer, guiding, fresh, name="overrated")
        array(
            list(several(got, ("mean", "lower end", "upper end"), name="overrated")),
            interval(border * error),
            causes=[
                (interval(1.959963984540054 * error), "that is the normal distribution; take t."),
                (interval(border * apart), "the two scores of a search are pairs."),
                (interval(border * error * ((n - 1) / n) ** 0.5), "divide the squares by n - 1."),
                (interval(border * error * n**0.5), "that is the spread of single searches."),
                (interval(border * error, -mean), "that is the other way round."),
            ],
            name=f"overrated of {n} searches",
        )
