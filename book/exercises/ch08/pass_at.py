"""How often k tries solve a question, estimated without bias from n answers."""

from itertools import combinations
from math import comb
from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number, unlike


def pass_at(n, c, k):
    return 1 - comb(n - c, k) / comb(n, k)


@mistake("puts each answer back")
def with_return(n, c, k):
    return 1 - (1 - c / n) ** k


@mistake("exactly one")
def exactly_one(n, c, k):
    return c * comb(n - c, k - 1) / comb(n, k)


@mistake("all wrong")
def all_wrong(n, c, k):
    return comb(n - c, k) / comb(n, k)


@mistake("adds chances")
def added(n, c, k):
    return min(1.0, k * c / n)


def judge(answer: Any) -> None:
    for n, c, k in ((5, 1, 2), (6, 2, 3), (5, 1, 5), (7, 4, 2), (6, 0, 3)):
        drawn = list(combinations([True] * c + [False] * (n - c), k))
        right = sum(map(any, drawn)) / len(drawn)
        single = sum(sum(d) == 1 for d in drawn) / len(drawn)
        none = sum(not any(d) for d in drawn) / len(drawn)
        causes = unlike(
            right,
            (1 - (1 - c / n) ** k, "that puts each answer back after it was drawn."),
            (single, "that is the chance of exactly one right answer; more are welcome."),
            (none, "that is the chance that they are all wrong."),
            (min(1.0, k * c / n), "that adds chances that overlap."),
        )
        number(
            called(answer, n, c, k, name="pass_at"),
            right,
            causes=causes,
            name=f"pass_at{(n, c, k)}",
        )
