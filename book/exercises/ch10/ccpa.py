"""Whether a firm falls under California's act."""

from typing import Any

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, truth


def applies(revenue, consumers, share_sold):
    return revenue > 26_625_000 or consumers >= 100_000 or share_sold >= 0.5


@mistake("one of the three")
def all_three(revenue, consumers, share_sold):
    return revenue > 26_625_000 and consumers >= 100_000 and share_sold >= 0.5


@mistake("selling")
def no_broker(revenue, consumers, share_sold):
    return revenue > 26_625_000 or consumers >= 100_000


@mistake("above")
def at_least_revenue(revenue, consumers, share_sold):
    return revenue >= 26_625_000 or consumers >= 100_000 or share_sold >= 0.5


@mistake("at least")
def more_than_consumers(revenue, consumers, share_sold):
    return revenue > 26_625_000 or consumers > 100_000 or share_sold > 0.5


def judge(answer: Any) -> None:
    cases = [
        ((30_000_000, 0, 0.0), True, "one of the three is enough; here the revenue is."),
        ((1_000_000, 200_000, 0.0), True, "one of the three is enough; here the consumers are."),
        ((10_000, 5, 0.8), True, "most of its revenue is from selling data; that is enough."),
        ((26_625_001, 0, 0.0), True, "the revenue is above the threshold."),
        ((26_625_000, 0, 0.0), False, "the revenue must lie above the threshold, not on it."),
        ((0, 100_000, 0.0), True, "at least 100,000 consumers: the number itself counts."),
        ((0, 99_999, 0.0), False, "there are fewer than 100,000 consumers."),
        ((0, 0, 0.5), True, "at least half of the revenue: one half counts."),
        ((1_000_000, 500, 0.49), False, "none of the three holds."),
    ]
    for arguments, right, cause in cases:
        value = truth(called(answer, *arguments, name="applies"), name="applies")
        if value is not right:
            raise Wrong(f"applies{arguments} is {value}: {cause}")
