"""How far an exam was raised by items that stood in the training text."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, unlike


def raised_by(right, seen):
    a, b = right[seen], right[~seen]
    gain = a.mean() - b.mean()
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return np.array([gain - 1.96 * error, gain + 1.96 * error])


@mistake("items not seen")
def against_all(right, seen):
    a, b = right[seen], right
    gain = a.mean() - b.mean()
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return np.array([gain - 1.96 * error, gain + 1.96 * error])


@mistake("sign is turned")
def turned(right, seen):
    return -raised_by(right, seen)[::-1]


@mistake("spread of single items")
def items(right, seen):
    a, b = right[seen], right[~seen]
    gain, error = a.mean() - b.mean(), np.sqrt(a.var(ddof=1) + b.var(ddof=1))
    return np.array([gain - 1.96 * error, gain + 1.96 * error])


@mistake("both means are uncertain")
def one_group(right, seen):
    a, b = right[seen], right[~seen]
    gain, error = a.mean() - b.mean(), np.sqrt(a.var(ddof=1) / len(a))
    return np.array([gain - 1.96 * error, gain + 1.96 * error])


def judge(answer: Any) -> None:
    for n, seed in ((120, 0), (400, 1)):
        rng = np.random.default_rng(seed)
        seen = rng.random(n) < 0.3
        right = (rng.random(n) < 0.5 + 0.3 * seen).astype(float)
        sums = {True: [0, 0.0], False: [0, 0.0]}
        for item, was in zip(right, seen, strict=True):
            sums[bool(was)][0] += 1
            sums[bool(was)][1] += item
        (n_a, hits_a), (n_b, hits_b) = sums[True], sums[False]
        p_a, p_b, p = hits_a / n_a, hits_b / n_b, (hits_a + hits_b) / n

        def ends(gain: float, *parts: float) -> Any:
            half = 1.96 * sum(parts) ** 0.5
            return np.array([gain - half, gain + half])

        # The variance of zeros and ones, with one off the number of items.
        v_a, v_b = (q * (1 - q) / (m - 1) for q, m in ((p_a, n_a), (p_b, n_b)))
        expected = ends(p_a - p_b, v_a, v_b)
        array(
            called(answer, right, seen, name="raised_by"),
            expected,
            causes=unlike(
                expected,
                (ends(p_a - p, v_a, p * (1 - p) / (n - 1)), "compare with the items not seen."),
                (-expected[::-1], "the sign is turned: seen minus not seen."),
                (ends(p_a - p_b, v_a * n_a, v_b * n_b), "that is the spread of single items."),
                (ends(p_a - p_b, v_a), "both means are uncertain; add both variances."),
            ),
            name="raised_by",
        )
