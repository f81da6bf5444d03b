"""The share of test rows whose group was trained on."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def straddling(train_groups, test_groups):
    return np.mean(np.isin(test_groups, train_groups))


@mistake("share of the training rows")
def turned(train_groups, test_groups):
    return np.mean(np.isin(train_groups, test_groups))


@mistake("share of the groups")
def groups_not_rows(train_groups, test_groups):
    return np.mean(np.isin(np.unique(test_groups), train_groups))


@mistake("a number of rows")
def a_count(train_groups, test_groups):
    return float(np.sum(np.isin(test_groups, train_groups)))


@mistake("share that is new")
def clean_ones(train_groups, test_groups):
    return np.mean(~np.isin(test_groups, train_groups))


def judge(answer: Any) -> None:
    for train, test in (
        ([1, 2, 2, 3, 5, 5, 5], [1, 1, 1, 4, 6]),
        ([1, 2, 3, 3, 9], [4, 4, 4, 2, 5, 6]),
        ([7, 7], [8, 9, 9]),
    ):
        seen, met = set(train), set(test)
        both = [row for row in test if row in seen]
        share = len(both) / len(test)
        number(
            called(answer, np.array(train), np.array(test), name="straddling"),
            share,
            causes=[
                (
                    sum(row in met for row in train) / len(train),
                    "that is the share of the training rows; the question is about test rows.",
                ),
                (len(seen & met) / len(met), "that is the share of the groups; count rows."),
                (float(len(both)), "that is a number of rows, not a share."),
                (1 - share, "that is the share that is new to the model."),
            ],
            name=f"straddling({train}, {test})",
        )
