"""Accuracy, precision, recall and F1, also without a case to count."""

from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, number, raises, several


def scores(tp, fp, fn, tn):
    accuracy = (tp + tn) / (tp + fp + fn + tn)
    precision = tp / (tp + fp) if tp + fp else 0
    recall = tp / (tp + fn) if tp + fn else 0
    f1 = 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0
    return accuracy, precision, recall, f1


@mistake("precision and recall are swapped")
def swapped(tp, fp, fn, tn):
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    f = 2 * p * r / (p + r) if p + r else 0.0
    return (tp + tn) / (tp + fp + fn + tn), r, p, f


@mistake("harmonic")
def arithmetic(tp, fp, fn, tn):
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    return (tp + tn) / (tp + fp + fn + tn), p, r, (p + r) / 2


@mistake("specificity")
def specificity(tp, fp, fn, tn):
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tn / (tn + fp) if tn + fp else 0.0
    f = 2 * p * r / (p + r) if p + r else 0.0
    return (tp + tn) / (tp + fp + fn + tn), p, r, f


@mistake("no case to count")
def no_guard(tp, fp, fn, tn):
    p, r = tp / (tp + fp), tp / (tp + fn)
    return (tp + tn) / (tp + fp + fn + tn), p, r, 2 * p * r / (p + r)


def judge(answer: Any) -> None:
    for tp, fp, fn, tn in TABLES:
        where = f"scores({tp}, {fp}, {fn}, {tn})"
        if answer is not ... and callable(answer) and not tp and raises(answer, tp, fp, fn, tn):
            raise Wrong(f"{where} fails; give 0 where there is no case to count.")
        got = called(answer, tp, fp, fn, tn, name="scores")
        got = several(got, ("accuracy", "precision", "recall", "F1"), name="scores")
        # Case by case, as on a list of patients: (called positive, is positive).
        cases = [(1, 1)] * tp + [(1, 0)] * fp + [(0, 1)] * fn + [(0, 0)] * tn
        hits = [said == true for said, true in cases]
        caught = [said for said, true in cases if true]
        correct = [true for said, true in cases if said]
        p, r = (Fraction(sum(x), len(x)) if x else Fraction(0) for x in (correct, caught))
        harmonic = 2 / (1 / p + 1 / r) if p and r else Fraction(0)
        spared = [not said for said, true in cases if not true]
        number(got[0], sum(hits) / len(hits), name=f"Accuracy of {where}")
        if p != r and np.allclose([float(got[1]), float(got[2])], [float(r), float(p)]):
            raise Wrong(f"In {where} precision and recall are swapped.")
        number(got[1], float(p), name=f"Precision of {where}")
        number(
            got[2],
            float(r),
            causes=[(sum(spared) / len(spared), "that is the specificity, of the negatives.")],
            name=f"Recall of {where}",
        )
        number(
            got[3],
            float(harmonic),
            causes=[(float(p + r) / 2, "F1 is the harmonic mean, not the arithmetic one.")],
            name=f"F1 of {where}",
        )


# True and false positives, false and true negatives; the last have scores without a case.
TABLES = (
    (8, 2, 4, 86),
    (5, 5, 0, 90),
    (5, 1, 5, 9),
    (2, 1, 3, 4),
    (1, 9, 3, 7),
    (0, 0, 10, 90),
    (0, 3, 0, 9),
    (0, 0, 0, 7),
)
