"""Top-p, written out."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, unlike


def nucleus(chances, p):
    order = np.argsort(-chances)
    before = np.cumsum(chances[order]) - chances[order]
    kept = np.zeros_like(chances)
    first = order[before < p - 1e-12]  # a sum of floats may miss p by a hair
    kept[first] = chances[first]
    return kept / kept.sum()


@mistake("does not reach p")
def short(chances, p):
    order = np.argsort(-chances)
    inside = order[np.cumsum(chances[order]) <= p]
    inside = inside if len(inside) else order[:1]
    kept = np.zeros_like(chances)
    kept[inside] = chances[inside]
    return kept / kept.sum()


@mistake("add up to one")
def not_divided(chances, p):
    order = np.argsort(-chances)
    before = np.cumsum(chances[order]) - chances[order]
    return np.where(np.isin(np.arange(len(chances)), order[before < p]), chances, 0)


@mistake("order of the tokens")
def sorted_out(chances, p):
    ranked = np.sort(chances)[::-1]
    before = np.cumsum(ranked) - ranked
    kept = np.where(before < p, ranked, 0)
    return kept / kept.sum()


@mistake("a threshold")
def threshold(chances, p):
    kept = np.where(chances >= 1 - p, chances, 0)
    return kept / kept.sum() if kept.sum() else chances


def judge(answer: Any) -> None:
    def fewest(chances: Any, p: float) -> list[int]:
        """Take the largest away one by one, until what is taken reaches p."""
        left, taken = dict(enumerate(chances.tolist())), []
        while not taken or sum(chances[taken]) < p - 1e-12:
            taken.append(max(left, key=lambda i: left[i]))
            del left[taken[-1]]
        return taken

    for chances, p in (
        (np.array([0.05, 0.35, 0.25, 0.2, 0.15]), 0.5),
        (np.array([0.1, 0.7, 0.2]), 0.5),
        (np.array([0.02, 0.28, 0.4, 0.3]), 0.95),
        (np.array([0.3, 0.1, 0.6]), 0.9),  # 0.6 + 0.3 is a hair below in floats
    ):
        taken = fewest(chances, p)
        right = np.zeros(len(chances))
        right[taken] = chances[taken] / chances[taken].sum()
        less = taken[:-1] or taken
        fewer = np.zeros(len(chances))
        fewer[less] = chances[less] / chances[less].sum()
        raw = np.where(right > 0, chances, 0)
        high = np.where(chances >= 1 - p, chances, 0)
        causes = [
            (fewer, "the sum of what you keep does not reach p."),
            (raw, "what is kept should add up to one again."),
            (np.sort(right)[::-1], "keep the order of the tokens."),
            (high / high.sum() if high.sum() else chances, "p is a sum, not a threshold."),
        ]
        found = called(answer, chances, p, name="nucleus")
        array(found, right, causes=unlike(right, *causes), name="nucleus")
