"""The last row whose target lies before the test."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def last_training_row(test_start, horizon):
    return test_start - horizon


@mistake("not known yet")
def no_gap(test_start, horizon):
    return test_start - 1


@mistake("one more row")
def one_wasted(test_start, horizon):
    return test_start - horizon - 1


@mistake("not known yet")
def one_too_many(test_start, horizon):
    return test_start - horizon + 1


def judge(answer: Any) -> None:
    for start, horizon in ((100, 20), (50, 1), (37, 5), (300, 60)):
        known = [t for t in range(start) if max(range(t + 1, t + horizon + 1)) <= start]
        late = f"its target is not known yet on day {start}."
        causes = [(t, late) for t in range(len(known), start + 1)]
        causes.append((len(known) - 2, "one more row is known; nothing forbids to use it."))
        number(
            called(answer, start, horizon, name="last_training_row"),
            known[-1],
            causes=causes,
            name=f"The last row before day {start} for a horizon of {horizon}",
        )
