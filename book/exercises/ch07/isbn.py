"""The check digit of an ISBN-13."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def check_digit(first):
    return -sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(first)) % 10


@mistake("no digit 10")
def ten(first):
    total = sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(first))
    return 10 - total % 10


@mistake("first digit has the weight 1")
def weights_swapped(first):
    return -sum(int(d) * (3, 1)[i % 2] for i, d in enumerate(first)) % 10


@mistake("weighted")
def no_weights(first):
    return -sum(int(d) for d in first) % 10


@mistake("lacks to the next multiple")
def sum_itself(first):
    return sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(first)) % 10


def judge(answer: Any) -> None:
    for first in ("978711548876", "978026203561", "978000000000", "123456789012", "000000000000"):
        weighted = sum(map(int, first[::2])) + 3 * sum(map(int, first[1::2]))
        right = next(digit for digit in range(10) if (weighted + digit) % 10 == 0)
        swapped = sum(map(int, first[::2])) * 3 + sum(map(int, first[1::2]))
        number(
            called(answer, first, name="check_digit"),
            right,
            causes=[
                (10, "there is no digit 10; when nothing is missing it is 0."),
                (-swapped % 10, "the first digit has the weight 1, the second 3."),
                (-sum(map(int, first)) % 10, "the digits are to be weighted 1, 3, 1, 3, …"),
                (
                    -right % 10,
                    "that is the sum modulo ten; wanted is what it lacks to the next multiple.",
                ),
            ],
            name=f"check_digit({first!r})",
        )
