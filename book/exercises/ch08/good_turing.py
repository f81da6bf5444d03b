"""The chance that the next fact was never seen, from counts."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def unseen(sample):
    _, times = np.unique(sample, return_counts=True)
    return np.sum(times == 1) / len(sample)


@mistake("not by the kinds")
def of_kinds(sample):
    _, times = np.unique(sample, return_counts=True)
    return np.mean(times == 1)


@mistake("count those seen once")
def twice(sample):
    _, times = np.unique(sample, return_counts=True)
    return np.sum(times == 2) / len(sample)


@mistake("can still come")
def none(sample):
    return 0.0


@mistake("counts all kinds")
def growth(sample):
    return len(np.unique(sample)) / len(sample)


def judge(answer: Any) -> None:
    for seed in range(4):
        sample = np.random.default_rng(seed).zipf(1.5, 200).clip(max=10**6)
        counts: dict[int, int] = {}
        for fact in sample.tolist():
            counts[fact] = counts.get(fact, 0) + 1
        once = sum(1 for n in counts.values() if n == 1)
        number(
            called(answer, sample, name="unseen"),
            once / 200,
            causes=[
                (once / len(counts), "divide by the draws, not by the kinds of facts."),
                (sum(1 for n in counts.values() if n == 2) / 200, "count those seen once."),
                (0.0, "what was never seen can still come; its chance is not zero."),
                (len(counts) / 200, "that counts all kinds, also those seen often."),
            ],
            name="unseen",
        )
