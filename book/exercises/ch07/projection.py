"""The projection onto the ball of the absolute sum."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def project(v, radius):
    if np.abs(v).sum() <= radius:
        return v.copy()
    u = np.sort(np.abs(v))[::-1]
    shifts = (np.cumsum(u) - radius) / np.arange(1, len(u) + 1)
    shift = shifts[u > shifts][-1]
    return np.sign(v) * np.maximum(np.abs(v) - shift, 0)


@mistake("scal")
def scaled(v, radius):
    return v * min(1, radius / np.abs(v).sum())


@mistake("inside")
def always_on_the_border(v, radius):
    u = np.sort(np.abs(v))[::-1]
    shifts = (np.cumsum(u) - radius) / np.arange(1, len(u) + 1)
    shift = shifts[u > shifts][-1]
    return np.sign(v) * np.maximum(np.abs(v) - shift, 0)


@mistake("largest entry alone")
def first_fraction(v, radius):
    if np.abs(v).sum() <= radius:
        return v.copy()
    u = np.sort(np.abs(v))[::-1]
    shifts = (np.cumsum(u) - radius) / np.arange(1, len(u) + 1)
    return np.sign(v) * np.maximum(np.abs(v) - shifts[0], 0)


@mistake("sign")
def sign_lost(v, radius):
    if np.abs(v).sum() <= radius:
        return v.copy()
    u = np.sort(np.abs(v))[::-1]
    shifts = (np.cumsum(u) - radius) / np.arange(1, len(u) + 1)
    return np.maximum(np.abs(v) - shifts[u > shifts][-1], 0)


Array = NDArray[np.float64]


def _by_bisection(v: Array, radius: float) -> Array:
    """Project on the l1 ball by searching the shift that leaves the right sum."""
    if np.abs(v).sum() <= radius:
        return v.copy()
    low, high = 0.0, float(np.abs(v).max())
    for _ in range(200):
        middle = (low + high) / 2
        left = np.abs(v - v.clip(-middle, middle)).sum()
        low, high = (middle, high) if left > radius else (low, middle)
    nearest: Array = v - np.clip(v, -high, high)
    return nearest


def judge(answer: Any) -> None:
    rng = np.random.default_rng(1)
    inside = np.array([0.2, -0.3, 0.1])
    kept = np.asarray(called(answer, inside, 1.0, name="project"))
    if kept.shape == inside.shape and not np.allclose(kept, inside):
        raise Wrong("A point inside the ball must stay where it is; yours moved it.")
    for v, radius in ((np.array([3.0, -2.0, 0.5, 0.1]), 2.0), (rng.normal(0, 3, 12), 5.0)):
        right = _by_bisection(v, radius)
        alone = np.sign(v) * np.maximum(np.abs(v) - np.abs(v).max() + radius, 0)
        array(
            called(answer, v, radius, name="project"),
            right,
            causes=[
                (
                    v * radius / np.abs(v).sum(),
                    "scaling ends on the ball, but not at the nearest point of it.",
                ),
                (alone, "that fraction is for the largest entry alone; go on to the last j."),
                (np.abs(right), "every entry keeps its sign."),
            ],
            name="project(v, radius)",
        )
    border = np.array([0.5, -0.5])
    array(called(answer, border, 1.0, name="project"), border, name="project of a border point")
