"""The trust in an answer that a leaky check accepted."""

from fractions import Fraction
from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def trust(right, leak):
    return right / (right + (1 - right) * leak)


@mistake("how often the model is right")
def one_minus_leak(right, leak):
    return 1 - leak


@mistake("without a check")
def unchanged(right, leak):
    return right


@mistake("only wrong proposals can leak")
def no_weight(right, leak):
    return right / (right + leak)


def judge(answer: Any) -> None:
    cases = [
        (Fraction(1, 5), Fraction(1, 10)),
        (Fraction(1, 2), Fraction(1)),
        (Fraction(3, 4), Fraction(0)),
    ]
    for right, leak in cases:
        # The chance of each length of the search, added up: a geometric series, cut off.
        p, f = right, leak
        rejected, good, bad = Fraction(1), Fraction(0), Fraction(0)
        for _ in range(400):
            good += rejected * p
            bad += rejected * (1 - p) * f
            rejected *= (1 - p) * (1 - f)
            rejected = rejected.limit_denominator(10**15)
        expected, a, b = float(good / (good + bad)), float(right), float(leak)
        causes = [
            (1 - b, "that forgets how often the model is right."),
            (a, "that is the worth of an answer without a check."),
            (a / (a + b), "only wrong proposals can leak: weigh the leak with 1 - right."),
        ]
        number(
            called(answer, a, b, name="trust"),
            expected,
            causes=[c for c in causes if abs(c[0] - expected) > 1e-9],
            rtol=1e-9,
            name=f"trust({a}, {b})",
        )
