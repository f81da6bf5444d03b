"""One step of the ring all-reduce."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def ring_step(parts, t):
    n = len(parts)
    after = parts.copy()
    for w in range(n):
        part = (w - t) % n
        after[(w + 1) % n, part] += parts[w, part]
    return after


@mistake("instead of adding")
def copied(parts, t):
    n = len(parts)
    after = parts.copy()
    for w in range(n):
        after[(w + 1) % n, (w - t) % n] = parts[w, (w - t) % n]
    return after


@mistake("other way")
def other_way(parts, t):
    n = len(parts)
    after = parts.copy()
    for w in range(n):
        after[(w - 1) % n, (w - t) % n] += parts[w, (w - t) % n]
    return after


@mistake("the same part in every step")
def same_part(parts, t):
    n = len(parts)
    after = parts.copy()
    for w in range(n):
        after[(w + 1) % n, w] += parts[w, w]
    return after


@mistake("whole vector")
def everything(parts, t):
    return parts + np.roll(parts, 1, axis=0)


def judge(answer: Any) -> None:
    for n, k, t in ((4, 3, 1), (3, 2, 0), (5, 1, 3)):
        parts = np.random.default_rng(n).integers(-50, 50, (n, n, k)).astype(float)
        index = np.arange(n)

        def moved(
            part: np.ndarray, by: int, parts: np.ndarray = parts, i: Any = index
        ) -> np.ndarray:
            # What arrives, in a table of zeros: one part for each worker.
            table = np.zeros_like(parts)
            table[np.roll(i, -by), part] = parts[i, part]
            return table

        right = moved((index - t) % n, 1)
        causes: list[tuple[np.ndarray, str]] = [
            (np.where(right != 0, right, parts), "a part was replaced instead of adding to it."),
            (parts + moved((index - t) % n, -1), "it goes round the other way."),
            (parts + np.roll(parts, 1, 0), "the whole vector was sent, not one part of it."),
        ]
        if t:
            causes.append((parts + moved(index, 1), "that sends the same part in every step."))
        result = called(answer, parts, t, name="ring_step")
        array(result, parts + right, causes=causes, name=f"ring_step(parts, {t})")
