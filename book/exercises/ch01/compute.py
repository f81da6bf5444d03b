"""Years of training at six operations a parameter and token."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def years(parameters, tokens, per_second):
    return 6 * parameters * tokens / per_second / (365.25 * 24 * 3600)


@mistake("forward pass alone")
def forward_only(parameters, tokens, per_second):
    return 2 * parameters * tokens / per_second / (365.25 * 86400)


@mistake("hours")
def hours(parameters, tokens, per_second):
    return 6 * parameters * tokens / per_second / 3600


@mistake("seconds")
def seconds(parameters, tokens, per_second):
    return 6 * parameters * tokens / per_second


@mistake("six operations")
def one_operation(parameters, tokens, per_second):
    return parameters * tokens / per_second / (365.25 * 86400)


def judge(answer: Any) -> None:
    for parameters, tokens, per_second in ((1e6, 1e9, 1e9), (174_604_259_328, 300e9, 1e12)):
        # Forward: 2 operations a weight and token. Backward: 2 for inputs and 2 for weights.
        seconds = sum(2 * tokens / per_second * parameters for _ in ("read", "inputs", "weights"))
        right = seconds / 31_557_600
        number(
            called(answer, parameters, tokens, per_second, name="years"),
            right,
            causes=[
                (right / 3, "that counts the forward pass alone; learning costs twice as much."),
                (seconds / 3600, "those are hours."),
                (seconds, "those are seconds."),
                (right / 6, "each parameter and token needs six operations, not one."),
            ],
            rtol=2e-3,  # a year of 365 days is right too
            unit="years",
            name="years",
        )
