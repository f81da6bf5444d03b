"""What a read answer must teach for a faster class to learn as much."""

from fractions import Fraction
from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def break_even(asks, speed):
    return max(0, (1 / speed - 1 + asks) / asks)


@mistake("cannot teach less than nothing")
def below_zero(asks, speed):
    return (1 / speed - 1 + asks) / asks


@mistake("unaided tries teach too")
def unaided_forgotten(asks, speed):
    return 1 / (speed * asks)


@mistake("all tries")
def all_helped(asks, speed):
    return 1 / speed


def judge(answer: Any) -> None:
    for asks, speed in ((7, 2), (5, 1), (8, 4), (5, 4)):
        share, tries = Fraction(asks, 10), Fraction(speed)
        # What is missing after the unaided tries, spread over the aided ones.
        missing = 1 - tries * (1 - share)
        right = float(max(Fraction(0), missing / (tries * share)))
        wrong = [
            (float(missing / (tries * share)), "a read answer cannot teach less than nothing."),
            (float(1 / (tries * share)), "the unaided tries teach too: count them first."),
            (float(1 / tries), "only the share `asks` of the tries is helped, not all tries."),
        ]
        number(
            called(answer, asks / 10, speed, name="break_even"),
            right,
            causes=[cause for cause in wrong if abs(cause[0] - right) > 1e-9],
            name=f"break_even({asks / 10}, {speed})",
        )
