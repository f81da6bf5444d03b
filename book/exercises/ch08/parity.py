"""The gap between groups among those who would pay."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def opportunity_gap(given, paid, b):
    in_b = np.sum(given * paid * b) / np.sum(paid * b)
    others = np.sum(given * paid * ~b) / np.sum(paid * ~b)
    return abs(in_b - others)


@mistake("demographic parity")
def parity(given, paid, b):
    return abs(given[b].mean() - given[~b].mean())


@mistake("who got a loan")
def turned(given, paid, b):
    return abs(paid[given & b].mean() - paid[given & ~b].mean())


@mistake("sign")
def signed(given, paid, b):
    return given[paid & b].mean() - given[paid & ~b].mean()


@mistake("would not pay")
def defaulters(given, paid, b):
    return abs(given[~paid & b].mean() - given[~paid & ~b].mean())


def judge(answer: Any) -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        b = rng.random(400) < 0.4
        paid = rng.random(400) < np.where(b, 0.3, 0.7)
        given = rng.random(400) < 0.2 + 0.4 * paid + 0.2 * ~b

        def share(want: tuple[int, ...], of: Any, among: Any, group: Any = b) -> float:
            # Count pairs; no array is averaged.
            cell = [
                (bool(o), bool(a)) for o, a, g in zip(of, among, group, strict=True) if g in want
            ]
            return sum(o for o, a in cell if a) / sum(a for _, a in cell)

        everyone = np.ones(400, bool)
        right = share((1,), given, paid) - share((0,), given, paid)
        number(
            called(answer, given, paid, b, name="opportunity_gap"),
            abs(right),
            causes=[
                (
                    abs(share((1,), given, everyone) - share((0,), given, everyone)),
                    "that is demographic parity: it compares all people.",
                ),
                (
                    abs(share((1,), paid, given) - share((0,), paid, given)),
                    "that compares people who got a loan; ask among those who would pay.",
                ),
                (right, "the sign is left; a gap is an absolute difference."),
                (
                    abs(share((1,), given, ~paid) - share((0,), given, ~paid)),
                    "those are the people who would not pay.",
                ),
            ],
            name="opportunity_gap",
        )
