"""The probability of illness after a positive test."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def posterior(base_rate, sensitivity, false_positive_rate):
    ill = base_rate * sensitivity
    healthy = (1 - base_rate) * false_positive_rate
    return ill / (ill + healthy)


@mistake("P(positive | ill)")
def condition_turned(base_rate, sensitivity, false_positive_rate):
    return sensitivity


@mistake("of all people")
def joint(base_rate, sensitivity, false_positive_rate):
    return base_rate * sensitivity


@mistake("base rate is ignored")
def equal_groups(base_rate, sensitivity, false_positive_rate):
    return sensitivity / (sensitivity + false_positive_rate)


@mistake("only the healthy")
def all_as_healthy(base_rate, sensitivity, false_positive_rate):
    ill = base_rate * sensitivity
    return ill / (ill + false_positive_rate)


def judge(answer: Any) -> None:
    people = 1_000_000
    for ill, percent_found, percent_alarm in ((1000, 99, 5), (200_000, 80, 30), (5000, 90, 1)):
        found = ill * percent_found // 100
        alarms = (people - ill) * percent_alarm // 100
        rates = (ill / people, percent_found / 100, percent_alarm / 100)
        number(
            called(answer, *rates, name="posterior"),
            found / (found + alarms),
            causes=[
                (percent_found / 100, "that is P(positive | ill); asked is P(ill | positive)."),
                (found / people, "that is the share of all people; divide by the positive ones."),
                (
                    percent_found / (percent_found + percent_alarm),
                    "the base rate is ignored, as if half of the people were ill.",
                ),
                (
                    found / (found + people * percent_alarm / 100),
                    "only the healthy, 1 − base_rate, give false alarms.",
                ),
            ],
            name=f"posterior{rates}",
        )
    for base_rate in (0.0, 1.0):
        number(
            called(answer, base_rate, 0.9, 0.1, name="posterior"),
            base_rate,
            name=f"With a base rate of {base_rate:.0f} the posterior",
        )
