"""The false positive rate that the other rates force, from memory."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def false_positive_rate(p, ppv, fnr):
    found = p * (1 - fnr)
    false = found * (1 - ppv) / ppv
    return false / (1 - p)


@mistake("among the truly negative")
def among_all(p, ppv, fnr):
    return p * (1 - fnr) * (1 - ppv) / ppv


@mistake("among the positives")
def one_minus_ppv(p, ppv, fnr):
    return 1 - ppv


@mistake("missed")
def missed_instead(p, ppv, fnr):
    return p * fnr * (1 - ppv) / ppv / (1 - p)


@mistake("odds")
def odds_turned(p, ppv, fnr):
    return (1 - p) / p * (1 - ppv) / ppv * (1 - fnr)


def judge(answer: Any) -> None:
    # Whole tables of people: true and false positives, false and true negatives.
    for tp, fp, fn, tn in ((1369, 805, 532, 990), (505, 349, 461, 1139), (9, 3, 1, 87)):
        people = tp + fp + fn + tn
        p, ppv, fnr = (tp + fn) / people, tp / (tp + fp), fn / (tp + fn)
        odds_turned = (tn + fp) / (tp + fn) * fp / tp * tp / (tp + fn)
        number(
            called(answer, p, ppv, fnr, name="false_positive_rate"),
            fp / (fp + tn),
            causes=[
                (
                    fp / people,
                    "that is the share among all; wanted is that among the truly negative.",
                ),
                (fp / (tp + fp), "that is the share among the positives of the test."),
                (
                    fn * fp / tp / (fp + tn),
                    "that starts from the missed ones; start from the found.",
                ),
                (odds_turned, "the odds of the group are turned round."),
            ],
            name=f"false_positive_rate({p:.3f}, {ppv:.3f}, {fnr:.3f})",
        )
