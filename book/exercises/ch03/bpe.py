"""Replace a pair of neighbours by a new token, from left to right."""

import string
from itertools import pairwise
from typing import Any

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called


def merge(tokens, pair, new):
    result, i = [], 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == pair:
            result.append(new)
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result


@mistake("used twice")
def overlapping(tokens, pair, new):
    out = []
    for i in range(len(tokens)):
        if tuple(tokens[i : i + 2]) == pair:
            out.append(new)
        elif i == 0 or tuple(tokens[i - 1 : i + 1]) != pair:
            out.append(tokens[i])
    return out


@mistake("second token")
def keeps_second(tokens, pair, new):
    return [new if tuple(tokens[i : i + 2]) == pair else t for i, t in enumerate(tokens)]


@mistake("only the first")
def first_only(tokens, pair, new):
    for i in range(len(tokens) - 1):
        if (tokens[i], tokens[i + 1]) == pair:
            return [*tokens[:i], new, *tokens[i + 2 :]]
    return list(tokens)


@mistake("last token")
def drops_last(tokens, pair, new):
    out, i = [], 0
    while i < len(tokens) - 1:
        hit = (tokens[i], tokens[i + 1]) == pair
        out.append(new if hit else tokens[i])
        i += 2 if hit else 1
    return out


def judge(answer: Any) -> None:
    cases: list[tuple[list[int], tuple[int, int]]] = [
        ([1, 2, 3, 1, 2], (1, 2)),
        ([5, 5, 5], (5, 5)),
        ([5, 5, 5, 5, 5], (5, 5)),
        ([2, 1], (1, 2)),
        ([7], (7, 7)),
        ([], (1, 2)),
        ([1, 2, 2, 1, 1, 2, 4], (1, 2)),
    ]
    for tokens, pair in cases:
        got = called(answer, tokens, pair, 99, name="merge")
        if isinstance(got, str | bytes) or not hasattr(got, "__iter__"):
            raise Wrong(f"merge should return a list of tokens, not {type(got).__name__}.")
        got = [int(t) for t in got]
        # Another road: tokens as letters, so that Python's own replace does the work.
        text = "".join(string.ascii_letters[t] for t in tokens)
        a, b = (string.ascii_letters[t] for t in pair)
        right = [
            99 if c == "!" else string.ascii_letters.index(c) for c in text.replace(a + b, "!")
        ]
        if got == right:
            continue
        where = f"merge({tokens}, {pair}, 99) gives {got}"
        hits = sum(x + y == a + b for x, y in pairwise(text))
        once = text.replace(a + b, "!", 1)
        if hits > text.count(a + b) and got.count(99) >= hits:
            raise Wrong(f"{where}: a token is used twice; after a merge go on behind both.")
        if len(got) == len(tokens) and 99 in got:
            raise Wrong(f"{where}: the second token of the pair is still there.")
        if got == [99 if c == "!" else string.ascii_letters.index(c) for c in once]:
            raise Wrong(f"{where}: only the first occurrence is replaced.")
        if got == right[:-1]:
            raise Wrong(f"{where}: the last token is lost.")
        raise Wrong(f"{where}, not {right}.")
