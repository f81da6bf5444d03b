"""Softmax along the last axis, without overflow."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def softmax(Z):
    e = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@mistake("overflows")
def overflow(Z):
    e = np.exp(Z)
    return e / e.sum(axis=-1, keepdims=True)


@mistake("all entries together")
def whole_array(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum()


@mistake("columns")
def wrong_axis(Z):
    e = np.exp(Z - Z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@mistake("each row its own")
def one_maximum(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum(axis=-1, keepdims=True)


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    def given(Z: Array) -> Any:
        # NumPy's warnings stay inside: the message below names what they are about.
        with np.errstate(all="ignore"):
            return called(answer, Z, name="softmax")

    def shares(Z: Array) -> Array:
        # One over the sum of e^(z_m - z_j): a form that needs no division of two powers.
        gaps = np.expand_dims(Z, -2) - np.expand_dims(Z, -1)
        return np.asarray(1.0 / np.exp(gaps).sum(-1))

    rng = np.random.default_rng(3)
    Z = rng.standard_normal((4, 3))
    whole = shares(Z.ravel()).reshape(Z.shape)
    array(
        given(Z),
        shares(Z),
        causes=[
            (whole, "all entries together sum to 1; each row should."),
            (shares(Z.T).T, "the columns sum to 1; the rows should."),
        ],
        name="softmax of a matrix",
    )
    for shape in ((5,), (2, 3, 4), (3, 3, 3)):
        Z = rng.standard_normal(shape)
        array(given(Z), shares(Z), name=f"softmax for the shape {shape}")
    for row in ([1000.0, 999.0], [-1000.0, -1001.0]):
        if not np.isfinite(np.asarray(given(np.array([row])), float)).all():
            raise Wrong(
                f"softmax of {row} is not finite: e to the power of it overflows, or all powers "
                "are 0. Subtract the row's largest entry first."
            )
    far = np.array([[1000.0, 999.0], [-1000.0, -1001.0]])
    if not np.isfinite(np.asarray(given(far), float)).all():
        raise Wrong("Rows far apart fail: subtract from each row its own largest entry.")
    array(given(far), shares(far - far[:, :1]), name="softmax of large entries")
