"""The best mixture of two models."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number, unlike


def weight(y, a, b):
    apart = a - b
    best = np.mean((y - b) * apart) / np.mean(apart**2)
    return np.clip(best, 0, 1)


@mistake("between 0 and 1")
def not_clipped(y, a, b):
    return np.mean((y - b) * (a - b)) / np.mean((a - b) ** 2)


@mistake("weight of b")
def turned(y, a, b):
    return 1 - weight(y, a, b)


@mistake("equal parts")
def half(y, a, b):
    return 0.5


@mistake("alone")
def by_errors(y, a, b):
    of_a, of_b = np.mean((y - a) ** 2), np.mean((y - b) ** 2)
    return of_b / (of_a + of_b)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(6)
    for of_a, of_b, shared in ((1.0, 1.3, 0.5), (1.1, 0.9, 0.2), (0.3, 2.5, 1.0), (3.0, 0.2, 1.0)):
        y, common = rng.standard_normal((2, 60))
        a = y + of_a * rng.standard_normal(60) + shared * of_a * common
        b = y + of_b * rng.standard_normal(60) + shared * of_b * common
        # The parabola through three mixtures has its lowest point where the best mixture is.
        at = [np.square(y - b - t * (a - b)).sum() for t in (0.0, 0.5, 1.0)]
        bent = np.polyfit([0.0, 0.5, 1.0], at, 2)
        free = -bent[1] / (2 * bent[0])
        best = min(max(free, 0.0), 1.0)
        causes = unlike(
            best,
            (free, "a weight lies between 0 and 1."),
            (1 - best, "that is the weight of b."),
            (0.5, "equal parts are not always best."),
            (at[0] / (at[0] + at[2]), "how good each is alone does not say how they go together."),
        )
        number(called(answer, y, a, b, name="weight"), best, causes=causes, name="The weight")
