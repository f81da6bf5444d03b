"""One head of causal attention, without overflow."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(len(K.T))
    scores = np.where(np.tri(len(Q)) > 0, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ V


@mistake("root of d")
def no_root(Q, K, V):
    s = np.where(np.tri(len(Q)) > 0, Q @ K.T, -np.inf)
    w = np.exp(s - s.max(axis=1, keepdims=True))
    return w / w.sum(axis=1, keepdims=True) @ V


@mistake("later tokens")
def no_mask(Q, K, V):
    s = Q @ K.T / np.sqrt(Q.shape[1])
    w = np.exp(s - s.max(axis=1, keepdims=True))
    return w / w.sum(axis=1, keepdims=True) @ V


@mistake("add up to one")
def mask_after(Q, K, V):
    s = Q @ K.T / np.sqrt(Q.shape[1])
    w = np.exp(s - s.max(axis=1, keepdims=True))
    w = w / w.sum(axis=1, keepdims=True)
    return np.tril(w) @ V


@mistake("over each row")
def columns(Q, K, V):
    s = np.where(np.tri(len(Q)) > 0, Q @ K.T / np.sqrt(Q.shape[1]), -np.inf)
    w = np.exp(s - s.max())
    return w / w.sum(axis=0, keepdims=True) @ V


@mistake("overflow")
def overflow(Q, K, V):
    w = np.tri(len(Q)) * np.exp(Q @ K.T / np.sqrt(Q.shape[1]))
    return w / w.sum(axis=1, keepdims=True) @ V


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    def looked(Q: Array, K: Array, V: Array, *, root: float, causal: bool = True) -> Array:
        """Go token by token, as a reader would on paper."""
        rows = []
        for i, query in enumerate(Q):
            seen = i + 1 if causal else len(K)
            powers = [math.exp(float(np.dot(query, K[j])) / root) for j in range(seen)]
            mixed = sum(p * V[j] for j, p in enumerate(powers))
            rows.append(mixed / math.fsum(powers))
        return np.array(rows)

    def given(Q: Array, K: Array, V: Array) -> Any:
        with np.errstate(all="ignore"):
            return called(answer, Q, K, V, name="attention")

    rng = np.random.default_rng(0)
    for t, d, e in ((4, 3, 5), (3, 4, 3), (1, 2, 2)):
        Q, K, V = (rng.standard_normal(shape) for shape in ((t, d), (t, d), (t, e)))
        everything = np.exp(np.einsum("td,sd->ts", Q, K) / math.sqrt(d))
        cut = everything * [[j <= i for j in range(t)] for i in range(t)]
        causes = [(looked(Q, K, V, root=1.0), "the root of d is missing.")]
        if t > 1:
            causes += [
                (
                    looked(Q, K, V, root=math.sqrt(d), causal=False),
                    "later tokens get weight; hide them.",
                ),
                (
                    np.einsum("ts,sv->tv", cut, V) / everything.sum(1)[:, None],
                    "the weights do not add up to one; hide scores before the softmax.",
                ),
                (
                    np.einsum("ts,sv->tv", cut / cut.sum(0), V),
                    "take the softmax over each row, not over each column.",
                ),
            ]
        array(
            given(Q, K, V),
            looked(Q, K, V, root=math.sqrt(d)),
            causes=causes if t > 1 else (),
            name=f"attention for t = {t}, d = {d}, e = {e}",
        )
    large = given(np.array([[40.0], [40.0]]), np.array([[0.0], [40.0]]), np.eye(2))
    if not np.isfinite(np.asarray(large, float)).all():
        raise Wrong("Scores of 1600 overflow: take each row's largest score away first.")
    array(large, np.eye(2), name="attention for large scores")
