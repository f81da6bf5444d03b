"""Choose an alarm's threshold by a few true labels."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def threshold(power, faulty, missed, needless):
    candidates = np.append(np.sort(power), np.inf)
    costs = []
    for t in candidates:
        passed, stopped = power[faulty] < t, power[~faulty] >= t
        costs.append(missed * passed.sum() + needless * stopped.sum())
    return candidates[np.argmin(costs)]


@mistake("mistakes, not costs")
def fewest_mistakes(power, faulty, missed, needless):
    candidates = np.append(np.sort(power), np.inf)
    costs = [np.sum(faulty & (power < t)) + np.sum(~faulty & (power >= t)) for t in candidates]
    return candidates[np.argmin(costs)]


@mistake("every fault")
def no_fault_missed(power, faulty, missed, needless):
    return power[faulty].min()


@mistake("turned round")
def turned(power, faulty, missed, needless):
    candidates = np.append(np.sort(power), np.inf)
    costs = [
        needless * np.sum(faulty & (power < t)) + missed * np.sum(~faulty & (power >= t))
        for t in candidates
    ]
    return candidates[np.argmin(costs)]


def bill(t: float, power: np.ndarray, faulty: np.ndarray, missed: float, needless: float) -> float:
    """What the seconds cost if it stops from power ``t`` on, second by second."""
    cut = t if np.isinf(t) else t * (1 - 1e-5)  # single precision is right too
    total = 0.0
    for p, bad in zip(power, faulty, strict=True):
        total += missed if bad and p < cut else needless if not bad and p >= cut else 0.0
    return total


def judge(answer: Any) -> None:
    for seed, missed, needless in ((0, 20.0, 1.0), (1, 2.0, 1.0), (2, 1.0, 3.0)):
        rng = np.random.default_rng(seed)
        faulty = rng.random(200) < 0.3
        power = rng.exponential(2.0, 200) + faulty * rng.exponential(4.0, 200)
        t = called(answer, power, faulty, missed, needless, name="threshold")
        number(t, t, name="threshold")
        paid = {value: bill(value, power, faulty, missed, needless) for value in power}
        paid[np.inf] = bill(np.inf, power, faulty, missed, needless)
        plain = min([*power, np.inf], key=lambda v: bill(v, power, faulty, 1.0, 1.0))
        other = min([*power, np.inf], key=lambda v: bill(v, power, faulty, needless, missed))
        number(
            bill(float(t), power, faulty, missed, needless),
            min(paid.values()),
            causes=[
                (paid[plain], "you count mistakes, not costs."),
                (paid[power[faulty].min()], "you stop at every fault, however dear that is."),
                (paid[other], "the two costs are turned round."),
            ],
            name="What your threshold costs on these seconds",
        )
