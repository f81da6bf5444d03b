"""Chapter 6, education: the odds of an answer, and how far one class tells of its teacher."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises.compare import array, called, number
from companion.exercises.registry import exercise


@exercise(
    "ch06.odds",
    title="Ability and difficulty",
    level=1,
    minutes=8,
    statement=r"""
        Write `right(theta, d)`: the probability of a right answer for every pupil and every
        exercise, shape `(n, m)`, in the item-response model $P = \sigma(\theta - d)$. `theta` has
        the shape `(n,)` and `d` the shape `(m,)`. Use no loop.
    """,
    stub="""
        def right(theta, d):
            return ...  # shape (n, m)
    """,
    solution="""
        def right(theta, d):
            return 1 / (1 + np.exp(d - theta[:, None]))
    """,
    explanation=r"""
        `theta[:, None]` is a column, `d` a row; NumPy pairs each with each. Where ability equals
        difficulty the chance is one half; one unit more of ability multiplies the odds by $e$.
    """,
    hints=(
        "A column of shape (n, 1) and a row of shape (m,) give a table of shape (n, m).",
        "The sigmoid of z is 1 / (1 + exp(−z)).",
    ),
    wrong={
        "turned": (
            "def right(theta, d):\n    return 1 / (1 + np.exp(theta[:, None] - d))",
            "wrong answer",
        ),
        "transposed": (
            "def right(theta, d):\n    return 1 / (1 + np.exp(d[:, None] - theta))",
            "transposed",
        ),
        "logit": ("def right(theta, d):\n    return theta[:, None] - d", "log-odds"),
    },
)
def _odds(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for n, m in ((4, 6), (1, 3), (5, 1)):
        theta, d = rng.normal(size=n), rng.normal(size=m)
        logit = np.subtract.outer(theta, d)
        expected = 0.5 + 0.5 * np.tanh(logit / 2)  # the sigmoid, written as a tanh
        array(
            called(answer, theta, d, name="right"),
            expected,
            causes=[
                (1 - expected, "that is the chance of a wrong answer."),
                (logit, "those are the log-odds; take their sigmoid."),
            ],
            name="right",
        )


@exercise(
    "ch06.reliability",
    title="How many pupils tell a teacher?",
    level=2,
    minutes=12,
    statement=r"""
        A share `q` of the variance of scores is the teacher's; the rest is the pupils', independent
        of each other. The means of two classes of one teacher, each of `n` pupils, correlate with
        $r = q / (q + (1-q)/n)$. Write `pupils(q, r)`: how large `n` must be for a correlation `r`.
        It need not be a whole number.
    """,
    stub="""
        def pupils(q, r):
            return ...  # a number of pupils
    """,
    solution="""
        def pupils(q, r):
            return r / (1 - r) * (1 - q) / q
    """,
    explanation=r"""
        Divide by $q$: $1/r = 1 + (1-q)/(qn)$, so $n = \frac{r}{1-r}\cdot\frac{1-q}{q}$. With a
        share of one per cent and a correlation of $0.8$ that is about 400 pupils: sixteen classes.
    """,
    hints=(
        "Turn the fraction round: 1/r = 1 + …",
        "Solve (1 − r)/r = (1 − q)/(q·n) for n.",
    ),
    wrong={
        "pupil_share_lost": ("def pupils(q, r):\n    return r / (1 - r) / q", "pupils' share"),
        "turned": ("def pupils(q, r):\n    return (1 - r) / r * (1 - q) / q", "upside down"),
        "no_rest": ("def pupils(q, r):\n    return r * (1 - q) / q", "1 − r"),
    },
)
def _reliability(answer: Any) -> None:
    for q, n in (
        (Fraction(1, 100), 25),
        (Fraction(1, 20), 100),
        (Fraction(7, 50), 4),
    ):
        r = q / (q + (1 - q) / n)  # exact, from a known number of pupils
        rest = Fraction(1) - r
        number(
            called(answer, float(q), float(r), name="pupils"),
            float(n),
            causes=[
                (float(n / (1 - q)), "the pupils' share, 1 − q, is missing."),
                (float(n * rest * rest / r / r), "the ratio of r is upside down."),
                (float(n * rest), "divide by 1 − r too."),
            ],
            unit="pupils",
            name="pupils",
        )
