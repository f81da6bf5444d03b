"""Beam search over a table of transitions."""

from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called


def beam(first, then, length, width):
    texts = [([i], score) for i, score in enumerate(first)]
    for n in range(length):
        texts = sorted(texts, key=lambda pair: -pair[1])[:width]
        if n < length - 1:
            texts = [
                (text + [j], score + then[text[-1]][j])
                for text, score in texts
                for j in range(len(first))
            ]
    return texts[0][0]


@mistake("greedy")
def greedy(first, then, length, width):
    text = [int(np.argmax(first))]
    while len(text) < length:
        text.append(int(np.argmax(then[text[-1]])))
    return text


@mistake("every text")
def exhaustive(first, then, length, width):
    import itertools

    score = lambda t: first[t[0]] + sum(then[a, b] for a, b in zip(t, t[1:]))
    texts = itertools.product(range(len(first)), repeat=length)
    return list(max(texts, key=score))


@mistake("score of the whole text")
def last_step_only(first, then, length, width):
    texts = [([i], s) for i, s in enumerate(first)]
    for _ in range(length - 1):
        texts = sorted(texts, key=lambda p: -p[1])[:width]
        texts = [(t + [j], then[t[-1]][j]) for t, s in texts for j in range(len(first))]
    return max(texts, key=lambda p: p[1])[0]


@mistake("worst")
def worst(first, then, length, width):
    texts = [([i], s) for i, s in enumerate(first)]
    for n in range(length):
        texts = sorted(texts, key=lambda p: p[1])[:width]
        if n < length - 1:
            texts = [(t + [j], s + then[t[-1]][j]) for t, s in texts for j in range(len(first))]
    return texts[0][0]


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    def total(text: tuple[int, ...], first: Array, then: Array) -> float:
        return float(first[text[0]]) + sum(float(then[a, b]) for a, b in pairwise(text))

    def kept(first: Array, then: Array, length: int, width: int, sign: int = 1) -> list[int]:
        """Rank whole prefixes: all those of each length whose own prefix was kept."""
        alive = {()}
        v = len(first)
        for n in range(1, length + 1):
            grown = [t for t in product(range(v), repeat=n) if t[:-1] in alive]
            scores = np.array([sign * total(t, first, then) for t in grown])
            ranks = np.argsort(-scores, kind="stable")[:width]
            alive = {grown[i] for i in ranks}
            best = grown[ranks[0]]
        return list(best)

    told = {"greedy": False, "exhaustive": False}
    for seed, v, length, width in BEAMS:
        rng = np.random.default_rng(seed)
        first = np.log(rng.dirichlet(np.full(v, 0.5)))
        then = np.log(rng.dirichlet(np.full(v, 0.5), size=v))
        got = called(answer, first, then, length, width, name="beam")
        if isinstance(got, str) or not hasattr(got, "__len__"):
            raise Wrong(f"beam should return a list of tokens, not {type(got).__name__}.")
        found = [int(token) for token in got]
        right = kept(first, then, length, width)
        if found == right:
            continue
        told["greedy"] = found == kept(first, then, length, 1)
        told["exhaustive"] = found == kept(first, then, length, v**length)
        where = f"For width {width} and length {length} the text is {found}"
        if len(found) != length:
            raise Wrong(f"{where}: it has {len(found)} tokens.")
        if found == kept(first, then, length, width, sign=-1):
            raise Wrong(f"{where}: that is the worst one; sort by score, largest first.")
        if told["greedy"]:
            raise Wrong(f"{where}: that is the greedy choice; keep several texts.")
        if told["exhaustive"]:
            raise Wrong(f"{where}: that is the best of every text; keep only `width` of them.")
        raise Wrong(f"{where}, not {right}. Rank by the score of the whole text, at each length.")


# Cases in which greedy choice, a narrow beam and exhaustive search find three different texts.
BEAMS = ((132, 4, 4, 2), (14, 5, 4, 3), (148, 4, 4, 2), (0, 3, 1, 2))
