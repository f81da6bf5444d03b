"""Members caught at a bounded rate of false alarms."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number, unlike


def caught(members, strangers, alarms):
    allowed = int(alarms * len(strangers) + 1e-9)  # 0.29 * 100 is 28.999… here
    line = np.append(np.sort(strangers)[::-1], -np.inf)
    return np.mean(members > line[allowed])


@mistake("other end")
def wrong_tail(members, strangers, alarms):
    bar = np.sort(strangers)[int(alarms * len(strangers) + 1e-9)]
    return np.mean(members > bar)


@mistake("among the strangers")
def by_members(members, strangers, alarms):
    bar = np.sort(members)[::-1][int(alarms * len(members))]
    return np.mean(members > bar)


@mistake("of the accused")
def precision(members, strangers, alarms):
    bar = np.sort(strangers)[::-1][int(alarms * len(strangers))]
    a, b = (members > bar).sum(), (strangers > bar).sum()
    return a / (a + b)


@mistake("area")
def area(members, strangers, alarms):
    return np.mean(members[:, None] > strangers)


@mistake("one stranger too few")
def truncated(members, strangers, alarms):
    line = np.append(np.sort(strangers)[::-1], -np.inf)
    return np.mean(members > line[int(alarms * len(strangers))])


def judge(answer: Any) -> None:
    cases = ((40, 0.125, 0), (64, 0.0625, 1), (32, 0.25, 2), (20, 0.0, 3), (100, 0.29, 4))
    for size, alarms, seed in (*cases, (20, 1.0, 5)):
        rng = np.random.default_rng(seed)
        members, strangers = rng.normal(1, 1.5, 2 * size), rng.normal(0, 1, size)
        # Try every possible threshold and count.
        best = (0, 0)
        for bar in [*members, *strangers, -99.0]:
            wrongly = sum(1 for s in strangers if s > bar)
            if wrongly <= alarms * size + 1e-9:
                best = max(best, (sum(1 for s in members if s > bar), wrongly))
        ranks = sorted(strangers)
        low = ranks[min(int(alarms * size + 1e-9), size - 1)]
        strict = [*sorted(strangers, reverse=True), -99.0][int(alarms * size)]
        right = best[0] / len(members)
        number(
            called(answer, members, strangers, alarms, name="caught"),
            right,
            causes=unlike(
                right,
                (
                    sum(1 for s in members if s > low) / len(members),
                    "that counts from the other end: the largest scores are the accused.",
                ),
                (
                    int(alarms * len(members)) / len(members),
                    "set the threshold among the strangers; the attacker knows no members.",
                ),
                (
                    best[0] / max(sum(best), 1),
                    "that is the share of the accused who are members, not of the members.",
                ),
                (
                    sum(m > s for m in members for s in strangers) / (len(members) * size),
                    "that is the area under the curve, over all thresholds.",
                ),
                (
                    sum(1 for m in members if m > strict) / len(members),
                    "one stranger too few may pass: a product of decimals fell short.",
                ),
            ),
            name="caught",
        )
