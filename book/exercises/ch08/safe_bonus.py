"""The largest bonus with which circling is worth no more than the goal."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number, unlike


def safe_bonus(goal, distance, period, discount):
    home = goal * discount ** (distance - 1)
    return home * (1 - discount**period) / discount ** (period - 1)


@mistake("one round only")
def one_round(goal, distance, period, discount):
    return goal * discount ** (distance - 1) / discount ** (period - 1)


@mistake("discount plays no part")
def no_discount(goal, distance, period, discount):
    return goal * period / distance


@mistake("in every step")
def every_step(goal, distance, period, discount):
    return goal * discount ** (distance - 1) * (1 - discount)


@mistake("in step t counts")
def one_late(goal, distance, period, discount):
    return goal * discount**distance * (1 - discount**period) / discount ** (period - 1)


def judge(answer: Any) -> None:
    for goal, distance, period, discount in (
        (10.0, 5, 4, 0.95),
        (1.0, 1, 3, 0.5),
        (3.0, 7, 2, 0.9),
    ):
        home = goal
        for _ in range(distance - 1):
            home *= discount
        weight, paid = 1.0, 0.0  # of a bonus of one, step by step
        for step in range(1, 6_001):
            paid += weight if step % period == 0 else 0.0
            weight *= discount
        right = home / paid
        first = float(np.prod(np.full(period - 1, discount)))
        causes = unlike(
            right,
            (home / first, "that counts one round only; the bonus comes again and again."),
            (goal * period / distance, "the discount plays no part in that."),
            (home * (1 - discount), "that pays the bonus in every step; it comes once a period."),
            (right * discount, "a reward in step t counts discount^(t - 1)."),
        )
        number(
            called(answer, goal, distance, period, discount, name="safe_bonus"),
            right,
            causes=causes,
            rtol=1e-6,
            name=f"safe_bonus({goal}, {distance}, {period}, {discount})",
        )
