"""The gradient of attention by its queries."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import mistake
from companion.exercises.compare import array, called, slope


def query_gradient(P, K, V, G):
    by_P = G @ V.T
    by_scores = P * (by_P - (P * by_P).sum(axis=1, keepdims=True))
    return by_scores @ K / np.sqrt(len(K.T))


@mistake("root of d")
def no_root(P, K, V, G):
    D = G @ V.T
    return (P * (D - (P * D).sum(axis=1, keepdims=True))) @ K


@mistake("width of the keys")
def width_of_values(P, K, V, G):
    D = G @ V.T
    return (P * (D - (P * D).sum(axis=1, keepdims=True))) @ K / np.sqrt(V.shape[1])


@mistake("only the diagonal")
def diagonal(P, K, V, G):
    return (P * (1 - P) * (G @ V.T)) @ K / np.sqrt(K.shape[1])


@mistake("weighted average")
def no_competition(P, K, V, G):
    return (P * (G @ V.T)) @ K / np.sqrt(K.shape[1])


@mistake("each row of P")
def columns(P, K, V, G):
    D = G @ V.T
    S = P * (D - (P * D).sum(axis=0, keepdims=True))
    return S @ K / np.sqrt(K.shape[1])


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    rng = np.random.default_rng(9)
    for t, s, d, e in ((4, 4, 3, 5), (2, 5, 4, 3), (1, 3, 2, 1)):
        Q, K, V, G = (rng.standard_normal(shape) for shape in ((t, d), (s, d), (s, e), (t, e)))

        def weights(q: Any, K: Array = K, d: int = d) -> Any:
            powers = np.exp(np.einsum("td,sd->ts", q, K) / math.sqrt(d))
            return powers / np.einsum("ts->t", powers)[:, None]

        right = slope(lambda q, V=V, G=G, w=weights: np.einsum("ts,sm,tm->", w(q), V, G), Q)  # type: ignore[misc]
        P = weights(Q)
        gains = np.einsum("tm,sm->ts", G, V)
        to_query = K / math.sqrt(d)
        down = np.einsum("ts,ts->s", P, gains)
        causes = [
            (right * math.sqrt(d), "the root of d is missing."),
            (
                right * math.sqrt(d / e),
                "the root is that of the width of the keys, not the values.",
            ),
            (
                np.dot(P * gains, to_query),
                "the weighted average of the row is not taken away: the shares compete.",
            ),
        ]
        if s > 1 and t > 1:
            causes += [
                (
                    np.dot((P - np.square(P)) * gains, to_query),
                    "only the diagonal of the softmax's Jacobian is used; every score moves all.",
                ),
                (
                    np.dot(P * (gains - down), to_query),
                    "the average is to be taken over each row of P, not over its columns.",
                ),
            ]
        array(
            called(answer, P, K, V, G, name="query_gradient"),
            right,
            causes=causes,
            name=f"query_gradient for t = {t}, s = {s}, d = {d}, e = {e}",
        )
