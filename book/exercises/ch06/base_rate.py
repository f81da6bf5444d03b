"""Precision from prevalence, sensitivity and specificity."""

from fractions import Fraction
from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def precision(prevalence, sensitivity, specificity):
    true_alarms = prevalence * sensitivity
    false_alarms = (1 - prevalence) * (1 - specificity)
    return true_alarms / (true_alarms + false_alarms)


@mistake("as many good cases as bad ones")
def no_base_rate(prevalence, sensitivity, specificity):
    return sensitivity / (sensitivity + 1 - specificity)


@mistake("stay silent")
def specificity_as_alarms(prevalence, sensitivity, specificity):
    t = prevalence * sensitivity
    return t / (t + (1 - prevalence) * specificity)


@mistake("share of the bad cases that raise an alarm")
def sensitivity(prevalence, sensitivity, specificity):
    return sensitivity


@mistake("accuracy")
def accuracy(prevalence, sensitivity, specificity):
    return prevalence * sensitivity + (1 - prevalence) * specificity


def judge(answer: Any) -> None:
    for bad, good, hit, quiet in ((10, 9990, 9, 9890), (400, 600, 300, 594), (1, 4, 1, 2)):
        found = called(answer, bad / (bad + good), hit / bad, quiet / good, name="precision")
        alarms = hit + good - quiet
        even = Fraction(hit, bad) / (Fraction(hit, bad) + 1 - Fraction(quiet, good))
        number(
            found,
            hit / alarms,
            causes=[
                (float(even), "that holds where there are as many good cases as bad ones."),
                (hit / (hit + quiet), "specificity is the share of good cases that stay silent."),
                (hit / bad, "that is the share of the bad cases that raise an alarm."),
                ((hit + quiet) / (bad + good), "that is the accuracy, over all cases."),
            ],
            name=f"precision for {bad} bad and {good} good cases, {alarms} alarms",
        )
