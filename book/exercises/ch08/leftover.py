"""The distribution to draw from after a rejected draft."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def leftover(p, q):
    rest = (p - q).clip(0)
    return rest / rest.sum()


@mistake("drawing from p again")
def target(p, q):
    return p


@mistake("draft says too much")
def reversed_rest(p, q):
    rest = np.maximum(q - p, 0)
    return rest / rest.sum()


@mistake("add up to 1")
def unscaled(p, q):
    return np.maximum(p - q, 0)


@mistake("overrates are not missing")
def distance(p, q):
    rest = np.abs(p - q)
    return rest / rest.sum()


def judge(answer: Any) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        p, q = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
        # What is missing: token x comes from accepted drafts with the chance min(p, q).
        missing = [max(float(a) - min(float(a), float(b)), 0.0) for a, b in zip(p, q, strict=True)]
        lost = 1 - sum(min(float(a), float(b)) for a, b in zip(p, q, strict=True))
        right = np.array(missing) / lost
        more = np.array([max(float(b) - float(a), 0.0) for a, b in zip(p, q, strict=True)])
        array(
            called(answer, p, q, name="leftover"),
            right,
            causes=[
                (p, "drawing from p again makes frequent tokens too frequent."),
                (
                    more / lost,
                    "that is where the draft says too much; wanted is where it says too little.",
                ),
                (np.array(missing), "the chances should add up to 1."),
                (
                    (np.array(missing) + more) / (2 * lost),
                    "tokens that the draft overrates are not missing.",
                ),
            ],
            name="leftover",
        )
