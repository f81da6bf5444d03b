"""The gradient of the mean cross-entropy by the logits."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called, slope


def gradient(Z, labels):
    P = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
    P[np.arange(len(Z)), labels] -= 1
    return P / len(Z)


@mistake("divide by n")
def summed(Z, labels):
    P = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
    return P - np.eye(Z.shape[1])[labels]


@mistake("sign")
def turned(Z, labels):
    P = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
    return (np.eye(Z.shape[1])[labels] - P) / len(Z)


@mistake("right class")
def no_label(Z, labels):
    P = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
    return P / len(Z)


@mistake("logits themselves")
def logits_for_shares(Z, labels):
    return (Z - np.eye(Z.shape[1])[labels]) / len(Z)


@mistake("overflow")
def overflow(Z, labels):
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return (P - np.eye(Z.shape[1])[labels]) / len(Z)


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    def given(Z: Array, labels: NDArray[np.int64]) -> Any:
        with np.errstate(all="ignore"):
            return called(answer, Z, labels, name="gradient")

    rng = np.random.default_rng(7)
    for n, k in ((4, 3), (3, 3), (1, 5)):
        Z, labels = rng.standard_normal((n, k)), rng.integers(k, size=n)
        onehot = np.equal.outer(labels, range(k))
        logs = slope(lambda z: np.log(np.exp(z).sum(1)).sum(), Z)
        right = logs - onehot
        array(
            given(Z, labels),
            right / n,
            causes=[
                *([(right, "J is a mean: divide by n.")] if n > 1 else []),
                (-right / n, "the sign is turned; it is p − y."),
                (logs / n, "1 is to be taken away at the right class."),
                ((Z - onehot) / n, "these are the logits themselves; take their softmax."),
            ],
            name=f"gradient for n = {n}, k = {k}",
        )
    large = given(np.array([[1000.0, 0.0], [0.0, -1000.0]]), np.array([0, 1]))
    if not np.isfinite(np.asarray(large, float)).all():
        raise Wrong("Logits of 1000 overflow: take each row's largest away before the powers.")
    array(large, [[0.0, 0.0], [0.5, -0.5]], name="gradient for large logits")
