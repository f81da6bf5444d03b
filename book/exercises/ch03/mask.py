"""The causal mask: a token sees itself and what came before."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def mask(t):
    return np.arange(t)[:, None] >= np.arange(t)


@mistake("later ones")
def future(t):
    return np.arange(t)[:, None] <= np.arange(t)


@mistake("itself")
def strict(t):
    return np.arange(t)[:, None] > np.arange(t)


@mistake("hides nothing")
def everything(t):
    return np.ones((t, t), bool)


@mistake("booleans")
def numbers(t):
    return np.tri(t)


def judge(answer: Any) -> None:
    for t in (4, 1, 6):
        got = called(answer, t, name="mask")
        right = [[row + 1 > column for column in range(t)] for row in range(t)]
        triangle = np.array(right)
        array(
            got,
            triangle,
            causes=[]
            if t == 1
            else [
                (triangle.T, "each token looks at the later ones; turn the comparison."),
                (triangle & ~np.eye(t, dtype=bool), "a token may look at itself, too."),
                (np.full((t, t), fill_value=True), "it hides nothing: later tokens must be false."),
            ],
            name=f"mask({t})",
        )
        if np.asarray(got).dtype != bool:
            raise Wrong(f"mask({t}) should hold booleans, not {np.asarray(got).dtype}.")
