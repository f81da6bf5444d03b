"""Central differences: the judge of every gradient."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def numeric_gradient(f, W):
    gradient = np.zeros(W.shape)
    for place in np.ndindex(W.shape):
        up, down = W.copy(), W.copy()
        up[place] += 1e-6
        down[place] -= 1e-6
        gradient[place] = (f(up) - f(down)) / 2e-6
    return gradient


@mistake("half of the way")
def divided_by_the_step(f, W):
    return 2 * numeric_gradient(f, W)


@mistake("one-sided")
def one_sided(f, W):
    gradient = np.zeros(W.shape)
    for place in np.ndindex(W.shape):
        up = W.copy()
        up[place] += 1e-6
        gradient[place] = (f(up) - f(W)) / 1e-6
    return gradient


@mistake("all entries at once")
def all_at_once(f, W):
    return np.full(W.shape, (f(W + 1e-6) - f(W - 1e-6)) / 2e-6)


@mistake("stay moved")
def stays_moved(f, W):
    gradient, moved = np.zeros(W.shape), W.copy()
    for place in np.ndindex(W.shape):
        before = f(moved)
        moved[place] += 1e-6
        gradient[place] = (f(moved) - before) / 1e-6
    return gradient


@mistake("sign")
def turned(f, W):
    return -numeric_gradient(f, W)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(2)
    for shape in ((3,), (2, 3), (2, 1, 2)):
        W, t = rng.standard_normal(shape), rng.standard_normal(shape)
        right = 3e3 * W**2 * t - np.roll(W.ravel(), 1).reshape(shape)
        right = right - np.roll(W.ravel(), -1).reshape(shape)

        def f(moved: Any, t: Any = t) -> float:
            cubes = 1e3 * np.sum(moved**3 * t)
            return float(cubes - moved.ravel() @ np.roll(moved.ravel(), 1))

        got = called(answer, f, W, name="numeric_gradient")
        causes = [
            (2 * right, "the way from down to up is two steps; you divided by half of the way."),
            (-right, "the sign is turned: up minus down."),
            (np.full(shape, right.sum()), "all entries at once were moved; move one at a time."),
        ]
        array(got, right, causes=causes, rtol=1e-3, atol=1e-2, name="The gradient")
        off = np.abs(np.asarray(got) - right).max()
        if off > 1e-4:
            raise Wrong(
                f"The gradient is off by {off:.1g}: is it one-sided, or too long a step, or do "
                "entries stay moved?"
            )
