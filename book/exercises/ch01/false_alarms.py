"""The rate of false alarms that precision and misses force on a group."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def false_alarm_rate(base, ppv, fnr):
    return base / (1 - base) * (1 - ppv) / ppv * (1 - fnr)


@mistake("misses")
def misses_instead_of_hits(base, ppv, fnr):
    return base / (1 - base) * (1 - ppv) / ppv * fnr


@mistake("everybody")
def divided_by_everybody(base, ppv, fnr):
    return base * (1 - ppv) / ppv * (1 - fnr)


@mistake("upside down")
def precision_upside_down(base, ppv, fnr):
    return base / (1 - base) * ppv / (1 - ppv) * (1 - fnr)


@mistake("among the flagged")
def share_of_the_flagged(base, ppv, fnr):
    return 1 - ppv


def judge(answer: Any) -> None:
    for hits, missed, alarms, quiet in ((60, 40, 30, 870), (1369, 532, 805, 990), (9, 1, 1, 89)):
        base = (hits + missed) / (hits + missed + alarms + quiet)
        ppv, fnr = hits / (hits + alarms), missed / (hits + missed)
        number(
            called(answer, base, ppv, fnr, name="false_alarm_rate"),
            alarms / (alarms + quiet),
            causes=[
                (alarms / (alarms + quiet) * missed / hits, "the misses are used, not the hits."),
                (
                    alarms / (alarms + quiet + hits + missed),
                    "that is a share of everybody; divide by those who do not.",
                ),
                (hits * hits / alarms / (alarms + quiet), "the ratio of ppv is upside down."),
                (1 - ppv, "that is the share of errors among the flagged."),
            ],
            name="false_alarm_rate",
        )
