"""The size of the smallest group in a table."""

from collections import Counter
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def smallest_group(table, columns):
    known = table[:, columns]
    _, counts = np.unique(known, axis=0, return_counts=True)
    return counts.min()


@mistake("only the known columns")
def all_columns(table, columns):
    return np.unique(table, axis=0, return_counts=True)[1].min()


@mistake("together")
def each_alone(table, columns):
    return min(np.unique(table[:, c], return_counts=True)[1].min() for c in columns)


@mistake("how many combinations")
def combinations(table, columns):
    return len(np.unique(table[:, columns], axis=0))


@mistake("largest")
def largest(table, columns):
    return np.unique(table[:, columns], axis=0, return_counts=True)[1].max()


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for people, columns in ((400, [0, 2]), (300, [1, 3])):
        table = np.column_stack(
            [
                rng.integers(0, 5, people),
                rng.integers(0, 6, people),
                rng.integers(0, 3, people),
                rng.integers(0, 4, people),
                rng.permutation(people),
            ]
        )
        # Thin one combination, so that alone, together and all columns differ.
        low = (table[:, columns[0]] == 0) & (table[:, columns[1]] == 0)
        table = np.delete(table, np.flatnonzero(low)[3:], axis=0)
        seen = Counter(tuple(int(v) for v in row[columns]) for row in table)
        alone = min(min(Counter(table[:, c].tolist()).values()) for c in columns)
        number(
            called(answer, table, columns, name="smallest_group"),
            min(seen.values()),
            causes=[
                (1, "a row number singles out everyone; count only the known columns."),
                (alone, "that is each column alone; they are known together."),
                (len(seen), "that is how many combinations there are."),
                (max(seen.values()), "that is the largest group."),
            ],
            name="smallest_group(table, columns)",
        )
