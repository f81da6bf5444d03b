"""The number of entries below which compressed rows take less."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, number


def pays(n, d):
    return (n * d - n - 2) // 2


@mistake("where they stand")
def no_columns(n, d):
    return n * d - n - 2


@mistake("row starts")
def no_row_starts(n, d):
    return (n * d - 1) // 2


@mistake("equal")
def equal_allowed(n, d):
    return (n * d - n - 1) // 2


@mistake("whole number")
def fraction(n, d):
    return (n * d - n - 2) / 2


def judge(answer: Any) -> None:
    for n, d in ((3, 4), (10, 10), (4, 3), (300, 65), (1, 9)):
        # Counted up byte by byte instead of solved.
        most = max(k for k in range(n * d + 1) if 8 * k + 4 * (n + 1) < 4 * n * d)
        got = called(answer, n, d, name="pays")
        name = f"pays({n}, {d})"
        if isinstance(got, float | np.floating) and not float(got).is_integer():
            raise Wrong(f"{name} is {got}; entries are counted, so it should be a whole number.")
        starts = max(k for k in range(n * d + 1) if 8 * k < 4 * n * d)
        same = max(k for k in range(n * d + 1) if 8 * k + 4 * (n + 1) <= 4 * n * d)
        values = max(k for k in range(n * d + 1) if 4 * k + 4 * (n + 1) < 4 * n * d)
        number(
            got,
            most,
            causes=[
                (values, "the values alone do not say where they stand; add the columns."),
                (starts, "the row starts are missing."),
                (same, "there both forms are equal; the sparse one should be smaller."),
            ],
            name=name,
        )
