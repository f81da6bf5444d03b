"""What two repairs are worth, alone and together."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number, several


def effects(neither, a, b, both):
    gain_a = np.mean(neither - a)
    gain_b = np.mean(neither - b)
    return gain_a, gain_b, np.mean(neither - both) - gain_a - gain_b


@mistake("after the first")
def ladder(neither, a, b, both):
    return np.mean(neither - a), np.mean(a - both), np.mean(neither - a - b + both)


@mistake("positive where")
def turned(neither, a, b, both):
    gains = np.mean(neither - a), np.mean(neither - b)
    return *gains, np.sum(gains) - np.mean(neither - both)


@mistake("all that both gain")
def whole(neither, a, b, both):
    return np.mean(neither - a), np.mean(neither - b), np.mean(neither - both)


@mistake("errors rise")
def rises(neither, a, b, both):
    return np.mean(a - neither), np.mean(b - neither), np.mean(a + b - neither - both)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for size in (5, 8):
        runs = rng.uniform(30, 90, (4, size))
        n, a, b, both = runs.sum(axis=1) / size
        got = several(
            called(answer, *runs, name="effects"),
            ("the gain of a alone", "the gain of b alone", "the interaction"),
            name="effects",
        )
        causes = [(a - n, "it is negative where errors rise the less; a gain is what they fall.")]
        number(got[0], n - a, causes=causes, name="The gain of a alone")
        causes = [(a - both, "that is what b gains after the first repair; alone is asked.")]
        number(got[1], n - b, causes=causes, name="The gain of b alone")
        causes = [
            (n + both - a - b, "it should be positive where both gain more than their sum."),
            (n - both, "that is all that both gain; take away what each gains alone."),
        ]
        number(got[2], a + b - n - both, causes=causes, name="The interaction")
