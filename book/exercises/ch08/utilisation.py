"""The share of a card's promised operations that training used."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def utilisation(parameters, tokens, hours, peak):
    promised = hours * 3600 * peak
    return 6 * parameters * tokens / promised


@mistake("six operations")
def no_six(parameters, tokens, hours, peak):
    return parameters * tokens / (hours * 3600 * peak)


@mistake("forward")
def forward_only(parameters, tokens, hours, peak):
    return 2 * parameters * tokens / (hours * 3600 * peak)


@mistake("seconds")
def hours_as_seconds(parameters, tokens, hours, peak):
    return 6 * parameters * tokens / (hours * peak)


@mistake("upside down")
def upside_down(parameters, tokens, hours, peak):
    return hours * 3600 * peak / (6 * parameters * tokens)


def judge(answer: Any) -> None:
    for N, D, hours, peak in ((7e9, 2e12, 184_320, 312e12), (1e9, 3e10, 500.0, 45e12)):
        # At the peak the run would take so many seconds of one device.
        fastest = sum(operations * N * D for operations in (2, 4)) / peak
        share = fastest / (hours * 60 * 60)
        number(
            called(answer, N, D, hours, peak, name="utilisation"),
            share,
            causes=[
                (share / 6, "each parameter and token takes six operations."),
                (share / 3, "that is the forward pass only; backward takes twice as much again."),
                (share * 3600, "`hours` are hours, and `peak` counts seconds."),
                (1 / share, "that is upside down: what was promised over what was used."),
            ],
            name="utilisation",
        )
