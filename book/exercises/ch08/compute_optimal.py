"""The size of model that a budget of operations pays best."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def best_size(C, A, B, alpha, beta):
    ratio = (alpha * A) / (beta * B)
    return (ratio * (C / 6) ** beta) ** (1 / (alpha + beta))


@mistake("factor 6")
def no_six(C, A, B, alpha, beta):
    return ((alpha * A) / (beta * B) * C**beta) ** (1 / (alpha + beta))


@mistake("equal")
def equal_terms(C, A, B, alpha, beta):
    return (A / B * (C / 6) ** beta) ** (1 / (alpha + beta))


@mistake("alpha / (alpha + beta)")
def exponents_swapped(C, A, B, alpha, beta):
    return ((alpha * A) / (beta * B) * (C / 6) ** alpha) ** (1 / (alpha + beta))


@mistake("tokens")
def data_instead(C, A, B, alpha, beta):
    N = ((alpha * A) / (beta * B) * (C / 6) ** beta) ** (1 / (alpha + beta))
    return C / 6 / N


def judge(answer: Any) -> None:
    laws = [(1e18, 400.0, 2000.0, 0.35, 0.37), (1e12, 30.0, 5.0, 0.5, 0.3), (6e6, 9.0, 9.0, 1, 1)]
    for C, A, B, a, b in laws:
        low, high = 0.0, float(np.log(C))
        for _ in range(200):  # golden-section search over log N: no calculus
            left, right = low + 0.382 * (high - low), low + 0.618 * (high - low)
            losses = [A * np.exp(-a * x) + B * (C / 6) ** -b * np.exp(b * x) for x in (left, right)]
            low, high = (low, right) if losses[0] < losses[1] else (left, high)
        best = float(np.exp((low + high) / 2))
        # Known slips, as multiples of the right answer.
        power = a + b
        number(
            called(answer, C, A, B, a, b, name="best_size"),
            best,
            causes=[
                (best * 6 ** (b / power), "the factor 6 of C = 6 N D is missing."),
                (
                    best * (b / a) ** (1 / power),
                    "that makes the two terms equal; their slopes should be.",
                ),
                (
                    best * (C / 6) ** ((a - b) / power),
                    "it grows as C^(alpha / (alpha + beta)); a fast fall with N asks for *fewer* "
                    "parameters.",
                ),
                (C / 6 / best, "that is the number of tokens D, not of parameters."),
            ],
            rtol=1e-5,
            name=f"best_size({C:.0e}, …)",
        )
