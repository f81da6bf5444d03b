"""The input of a dense layer, from its gradients."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def recover(dW, db):
    unit = np.argmax(np.abs(db))
    return dW[:, unit] / db[unit]


@mistake("zero")
def first_unit(dW, db):
    return dW[:, 0] / db[0]


@mistake("column")
def rows(dW, db):
    unit = np.argmax(np.abs(db))
    return dW[unit] / db[unit]


@mistake("divide")
def mean(dW, db):
    return dW.mean(axis=1)


@mistake("sign")
def signless(dW, db):
    unit = np.argmax(np.abs(db))
    return dW[:, unit] / np.abs(db[unit])


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for silent in (2, 0):
        x, g = rng.normal(0, 1, 5), rng.normal(0, 1, 5)
        g[:silent] = 0.0
        g[4] = -3.0
        dW = np.einsum("i,j->ij", x, g)
        with np.errstate(divide="ignore", invalid="ignore"):
            got = called(answer, dW, g, name="recover")
        values = np.asarray(got, dtype=float) if np.shape(got) == (5,) else x
        if not np.isfinite(values).all():
            raise Wrong("The unit that you divide by has a gradient of zero; choose another.")
        array(
            got,
            x,
            causes=[
                (-x, "the sign is turned: a gradient by b may be negative."),
                (dW.sum(axis=1) / 5, "that mixes the units; divide one of them by its own entry."),
                (dW[4] / -3.0, "that is a row of dW; the input stands in each column."),
            ],
            name="recover(dW, db)",
        )
