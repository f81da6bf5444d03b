"""The largest fine under the European regulation."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def largest_fine(turnover, grave):
    rank = 2 if grave else 1
    return max(rank * 10_000_000, rank * turnover / 50)


@mistake("higher")
def lower(turnover, grave):
    rank = 2 if grave else 1
    return min(rank * 10_000_000, rank * turnover / 50)


@mistake("not both")
def sum_of_limits(turnover, grave):
    rank = 2 if grave else 1
    return rank * 10_000_000 + rank * turnover / 50


@mistake("exchanged")
def ranks_exchanged(turnover, grave):
    rank = 1 if grave else 2
    return max(rank * 10_000_000, rank * turnover / 50)


@mistake("fixed sum")
def share_only(turnover, grave):
    return turnover * (0.04 if grave else 0.02)


def judge(answer: Any) -> None:
    for turnover, grave, euros in (
        (3_000_000_000, True, 120_000_000),
        (3_000_000_000, False, 60_000_000),
        (50_000_000, True, 20_000_000),
        (50_000_000, False, 10_000_000),
    ):
        fixed, share = (20_000_000, 0.04) if grave else (10_000_000, 0.02)
        number(
            called(answer, turnover, grave, name="largest_fine"),
            euros,
            causes=[
                (fixed + share * turnover, "one of the two is the limit, not both together."),
                (euros / 2 if grave else euros * 2, "the two ranks are exchanged."),
                (share * turnover, "the fixed sum is the limit when the share is lower."),
                (min(fixed, share * turnover), "the higher of the two is the limit."),
            ],
            rtol=1e-9,
            unit="euros",
            name=f"largest_fine({turnover}, {grave})",
        )
