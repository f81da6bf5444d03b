"""Cross-entropy in bits a character, from the probabilities of what came."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def bits(p):
    return -np.mean(np.log2(p))


@mistake("natural logarithm")
def natural_logarithm(p):
    return -np.mean(np.log(p))


@mistake("mean of the probabilities")
def logarithm_of_the_mean(p):
    return -np.log2(np.mean(p))


@mistake("the whole text")
def sum_of_bits(p):
    return -np.sum(np.log2(p))


@mistake("sign")
def sign(p):
    return np.mean(np.log2(p))


def judge(answer: Any) -> None:
    # The oracle counts halvings: these probabilities are powers of one half, so no log is needed.
    for seed, n in ((0, 5), (1, 40), (2, 1)):
        halvings = np.random.default_rng(seed).integers(0, 12, n) + np.arange(n) % 2
        p = 0.5**halvings
        expected = halvings.sum() / n
        number(
            called(answer, p, name="bits"),
            expected,
            causes=[
                (expected * np.log(2), "that is the natural logarithm; bits need base 2."),
                (-expected, "the sign is turned; a cost is positive."),
                (halvings.sum(), "that is the cost of the whole text; divide by its length."),
                (-np.log2(p.mean()), "the mean of the probabilities came before the logarithm."),
            ],
            unit="bits",
            name="bits",
        )
