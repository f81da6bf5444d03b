"""Weights that make scanner and disease independent in a training set."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def weights(ill, old):
    there = np.zeros((2, 2))
    np.add.at(there, (ill, old), 1)
    expected = np.outer(there.sum(axis=1), there.sum(axis=0)) / len(ill)
    return (expected / there)[ill, old]


@mistake("upside down")
def turned(ill, old):
    return 1 / weights(ill, old)


@mistake("share of each diagnosis")
def all_cells_alike(ill, old):
    result = np.zeros(len(ill))
    for y in (0, 1):
        for s in (0, 1):
            cell = (ill == y) & (old == s)
            result[cell] = len(ill) / 4 / max(1, cell.sum())
    return result


@mistake("not only the scanner")
def scanner_only(ill, old):
    return np.where(old == 1, 0.5 / np.mean(old), 0.5 / np.mean(1 - old))


@mistake("not only the disease")
def disease_only(ill, old):
    return np.where(ill == 1, 0.5 / np.mean(ill), 0.5 / np.mean(1 - ill))


def judge(answer: Any) -> None:
    for table, seed in (((4, 6, 18, 2), 0), ((3, 1, 2, 9), 1), ((10, 5, 5, 12), 2)):
        cells = [(y, s) for y in (0, 1) for s in (0, 1)]
        rows = [cell for cell, n in zip(cells, table, strict=True) for _ in range(n)]
        shuffled = np.random.default_rng(seed).permutation(rows)
        ill, old = shuffled.T.copy()
        count = dict(zip(cells, table, strict=True))
        total = sum(table)
        wanted = {}
        for y, s in cells:
            of_y, of_s = count[y, 0] + count[y, 1], count[0, s] + count[1, s]
            wanted[y, s] = of_y * of_s / total / count[y, s]
        right = np.array([wanted[y, s] for y, s in zip(ill, old, strict=True)])
        alike = np.array([total / 4 / count[y, s] for y, s in zip(ill, old, strict=True)])
        shares = [np.bincount(column, minlength=2) / total for column in (ill, old)]
        array(
            called(answer, ill, old, name="weights"),
            right,
            causes=[
                (1 / right, "the fraction is upside down."),
                (alike, "each cell weighs the same now; keep the share of each diagnosis."),
                (0.5 / shares[1][old], "use both columns, not only the scanner."),
                (0.5 / shares[0][ill], "use both columns, not only the disease."),
            ],
            name="weights",
        )
