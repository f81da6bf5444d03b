"""Whether a discounted loop is worth more than the goal."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, truth


def circles(goal, distance, bonus, period, discount):
    home = goal * discount ** (distance - 1)
    loop = bonus * discount ** (period - 1) / (1 - discount**period)
    return bool(loop > home)


@mistake("one round only")
def one_round(goal, distance, bonus, period, discount):
    home = goal * discount ** (distance - 1)
    return bool(bonus * discount ** (period - 1) > home)


@mistake("discount")
def no_discount(goal, distance, bonus, period, discount):
    return bool(bonus / period * distance > goal)


@mistake("every step")
def every_step(goal, distance, bonus, period, discount):
    home = goal * discount ** (distance - 1)
    return bool(bonus / (1 - discount) > home)


@mistake("turned round")
def turned(goal, distance, bonus, period, discount):
    home = goal * discount ** (distance - 1)
    loop = bonus * discount ** (period - 1) / (1 - discount**period)
    return bool(loop < home)


def judge(answer: Any) -> None:
    def says(*case: float) -> bool:
        return truth(called(answer, *case, name="circles"), name="circles")

    def summed(goal: float, distance: int, bonus: float, period: int, discount: float) -> bool:
        """Add the rewards up, step by step."""
        steps = np.arange(1, 4_001)
        paid = np.where(steps % period == 0, bonus, 0.0) * np.cumprod(
            np.r_[1.0, np.full(len(steps) - 1, discount)]
        )
        home = goal * float(np.prod(np.full(distance - 1, discount)))
        return bool(np.sort(paid).sum() > home)

    if not says(1.0, 3, 100.0, 2, 0.9) and says(100.0, 3, 1.0, 10, 0.5):
        raise Wrong("The comparison is turned round: a huge bonus is worth circling for.")
    rng = np.random.default_rng(0)
    for _ in range(40):
        period, distance = (int(n) for n in rng.integers(1, 12, size=2))
        discount = float(rng.uniform(0.5, 0.99))
        # Near the border between the two, where slips decide.
        series = 1 / sum(discount ** (k * period) for k in range(4_000))
        level = discount ** (distance - period) * series
        for factor in (0.97, 1.03):
            case = (10.0, distance, 10.0 * level * factor, period, discount)
            if says(*case) != summed(*case):
                raise Wrong(_slip(says, *case))


def _slip(says: Any, *case: float) -> str:
    """Name the likely mistake of an answer that is wrong on this case."""
    told = f"For {[round(v, 4) for v in case]} yours says {says(*case)}. "
    if not says(1.0, 3, 0.3, 1, 0.5):
        return told + "The discount seems to play no part."
    if says(1.0, 1, 0.3, 5, 0.9):
        return told + "It counts a bonus in every step; it comes once a period."
    if not says(1.0, 1, 0.9, 1, 0.99):
        return told + "It seems to count one round only; the bonus comes again and again."
    return told + "Check the first step of each reward: step t counts discount^(t - 1)."
