"""Measurements needed for two standard errors."""

from itertools import count
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def enough(s, margin):
    return int(np.ceil(4 * (s / margin) ** 2))


@mistake("one standard error")
def one_error(s, margin):
    return int(np.ceil((s / margin) ** 2))


@mistake("square root of n")
def no_square(s, margin):
    return int(np.ceil(2 * s / margin))


@mistake("round up")
def rounded_down(s, margin):
    return int(4 * (s / margin) ** 2)


@mistake("one fewer")
def one_more(s, margin):
    return int(4 * (s / margin) ** 2) + 1


def judge(answer: Any) -> None:
    # 3 and 0.5 fit exactly; both are binary fractions, so no rounding decides.
    for s, margin in ((10.0, 0.75), (3.0, 0.5), (1.0, 5.0), (7.0, 2.5)):
        expected = next(n for n in count(1) if n * margin * margin >= 4 * s * s)
        single = next(n for n in count(1) if n * margin * margin >= s * s)
        linear = next(n for n in count(1) if n * margin >= 2 * s)
        number(
            called(answer, s, margin, name="enough"),
            expected,
            causes=[
                (expected - 1, "with these the error is above the margin; round up."),
                (expected + 1, "one fewer is enough: at most means that equal will do."),
                (single, "that is for one standard error; the margin is two."),
                (linear, "the error falls with the square root of n, not with n."),
            ],
            name=f"enough({s}, {margin})",
        )
