"""The paired interval of two models' costs on the same pupils."""

import math
import statistics
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, several


def paired(a, b):
    gap = a - b
    half = 1.96 * gap.std(ddof=1) / np.sqrt(len(gap))
    return gap.mean() - half, gap.mean() + half


@mistake("as if they were different pupils")
def unpaired(a, b):
    half = 1.96 * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
    return (a - b).mean() - half, (a - b).mean() + half


@mistake("root of the number of pupils")
def spread_of_one(a, b):
    gap = a - b
    half = 1.96 * gap.std(ddof=1)
    return gap.mean() - half, gap.mean() + half


@mistake("b - a")
def turned(a, b):
    gap = b - a
    half = 1.96 * gap.std(ddof=1) / np.sqrt(len(gap))
    return gap.mean() - half, gap.mean() + half


@mistake("one standard error")
def one_error(a, b):
    gap = a - b
    half = gap.std(ddof=1) / np.sqrt(len(gap))
    return gap.mean() - half, gap.mean() + half


def judge(answer: Any) -> None:
    for seed, n in ((0, 12), (1, 40), (2, 5)):
        rng = np.random.default_rng(seed)
        hard = rng.gamma(4, 0.25, n)
        a, b = hard + rng.normal(0.1, 0.05, n), hard + rng.normal(0, 0.05, n)
        gaps = [float(x) - float(y) for x, y in zip(a, b, strict=True)]
        mean, error = statistics.fmean(gaps), statistics.stdev(gaps) / math.sqrt(n)
        apart = math.sqrt((statistics.variance(a) + statistics.variance(b)) / n)

        def ends(middle: float, half: float) -> list[float]:
            return [middle - half, middle + half]

        found = several(called(answer, a, b, name="paired"), ["lower end", "upper end"])
        array(
            found,
            ends(mean, 1.96 * error),
            causes=[
                (ends(mean, 1.96 * apart), "that treats them as if they were different pupils."),
                (
                    ends(mean, 1.96 * error * math.sqrt(n)),
                    "divide the spread by the root of the number of pupils.",
                ),
                (ends(-mean, 1.96 * error), "that is the interval of b - a."),
                (ends(mean, error), "that is one standard error each way, not 1.96."),
            ],
            name="paired",
        )
