"""Round weights with a step of its own for each group."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import mistake
from companion.exercises.compare import array, called


def rounded(w, bits, group):
    rows = w.reshape(len(w) // group, group)
    step = np.abs(rows).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
    return (step * np.round(rows / step)).reshape(w.shape)


@mistake("one step for all")
def one_step(w, bits, group):
    step = np.abs(w).max() / (2 ** (bits - 1) - 1)
    return step * np.round(w / step)


@mistake("whole numbers")
def not_back(w, bits, group):
    rows = w.reshape(-1, group)
    step = np.abs(rows).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
    return np.round(rows / step).reshape(w.shape)


@mistake("both signs")
def twice_as_many(w, bits, group):
    rows = w.reshape(-1, group)
    step = np.abs(rows).max(axis=1, keepdims=True) / (2**bits - 1)
    return (step * np.round(rows / step)).reshape(w.shape)


@mistake("every other")
def columns(w, bits, group):
    rows = w.reshape(group, -1).T
    step = np.abs(rows).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
    return (step * np.round(rows / step)).T.reshape(w.shape)


def judge(answer: Any) -> None:
    def by_hand(w: NDArray[Any], size: int, most: int) -> NDArray[Any]:
        found: list[float] = []
        for first in range(0, len(w), size):
            part = w[first : first + size]
            step = max(abs(float(x)) for x in part) / most
            found += [step * round(float(x) / step) for x in part]
        return np.array(found)

    rng = np.random.default_rng(0)
    for n, bits, group in ((12, 4, 4), (30, 3, 5)):
        w = rng.standard_normal(n) * np.repeat(10.0 ** np.arange(n // group), group)
        most = 2 ** (bits - 1) - 1
        right = by_hand(w, group, most)
        steps = np.repeat(np.abs(w).reshape(-1, group).max(axis=1) / most, group)
        mixed = np.concatenate([w[i :: n // group] for i in range(n // group)])
        mixed = by_hand(mixed, group, most).reshape(n // group, group).T.ravel()
        causes = [
            (by_hand(w, n, most), "one step for all; each group should have its own."),
            (right / steps, "these are the whole numbers; multiply by the step again."),
            (by_hand(w, group, 2**bits - 1), "the numbers have both signs; half are negative."),
            (mixed, "a group is made of neighbours, not of every other weight."),
        ]
        got = called(answer, w.copy(), bits, group, name="rounded")
        array(got, right, causes=causes, name=f"rounded(w, {bits}, {group})")
