"""Keep the weights of the largest magnitude."""

import math
from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def mask(W, keep):
    size = np.abs(W)
    smallest = np.sort(size, axis=None)[size.size - keep]
    return size >= smallest


@mistake("magnitude")
def signed(W, keep):
    return W >= np.sort(W, axis=None)[W.size - keep]


@mistake("smallest weights")
def smallest(W, keep):
    return np.abs(W) <= np.sort(np.abs(W), axis=None)[keep - 1]


@mistake("keeps 5 weights")
def one_short(W, keep):
    return np.abs(W) > np.sort(np.abs(W), axis=None)[W.size - keep]


@mistake("as one list")
def by_row(W, keep):
    k = keep // len(W)
    s = np.sort(np.abs(W), axis=1)[:, -k - 1 : -k] if k else np.inf
    return np.abs(W) > s


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for shape, keep in (((4, 5), 6), ((3, 7), 1), ((8, 4), 32), ((6, 6), 18)):
        # Magnitudes 1 … n in random places, random signs: what stays is known without sorting.
        size = 1.0 + rng.permutation(math.prod(shape)).reshape(shape)
        W = size * rng.choice([-1, 1], shape)
        total = math.prod(shape)
        expected = size > total - keep
        got = np.asarray(called(answer, W, keep, name="mask"))
        if got.shape == shape and got.dtype == bool and not np.array_equal(got, expected):
            order = np.argsort(np.argsort(W, axis=None)).reshape(shape)
            if keep < total and np.array_equal(got, order >= total - keep):
                raise Wrong("The mask goes by the signed value; the magnitude decides.")
            if keep < total and np.array_equal(got, size <= keep):
                raise Wrong("The mask keeps the smallest weights; the largest should stay.")
            counts = got.sum(1)
            if keep < total and keep >= shape[0] and np.all(counts == counts[0]):
                raise Wrong("The mask keeps as many in each row; sort all entries as one list.")
            if got.sum() != keep:
                raise Wrong(f"The mask keeps {int(got.sum())} weights; it should keep {keep}.")
        elif got.dtype != bool:
            raise Wrong(f"The mask should hold True and False; it holds {got.dtype}.")
        array(got, expected, name=f"The mask for shape {shape}, keep {keep}")
