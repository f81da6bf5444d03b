"""A low-rank adapter merged into its matrix."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def merge(W, A, B, s):
    return W + (s / len(B)) * (A @ B)


@mistake("divided by the rank")
def no_rank(W, A, B, s):
    return W + s * (A @ B)


@mistake("scale")
def no_scale(W, A, B, s):
    return W + A @ B


@mistake("frozen")
def adapter_only(W, A, B, s):
    return (s / len(B)) * (A @ B)


@mistake("columns of A")
def wrong_rank(W, A, B, s):
    return W + (s / len(A)) * (A @ B)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for a, b, r, s in ((4, 3, 2, 6.0), (5, 5, 1, 0.5), (3, 6, 3, 1.5)):
        W, A, B = (rng.standard_normal(shape) for shape in ((a, b), (a, r), (r, b)))
        # Row i of the layer's matrix is its answer to the i-th unit vector.
        adapted = np.array([[A[i] @ B[:, j] for j in range(b)] for i in range(a)])
        causes = [
            (adapted * s / r, "the frozen matrix W is missing."),
            (W + adapted * s, "the adapter should be divided by the rank r."),
            (W + adapted, "the scale s / r is missing."),
            (W + adapted * s / a, "the rank is the number of columns of A, not of rows."),
        ]
        array(
            called(answer, W, A, B, s, name="merge"),
            np.array([W[i] + s / r * adapted[i] for i in range(a)]),
            causes=[c for c in causes if not np.allclose(c[0], W + adapted * s / r)],
            name=f"merge for a rank of {r}",
        )
