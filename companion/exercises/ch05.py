"""Chapter 5, house prices: errors, baselines, splits, scaling, intervals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from companion.exercises.compare import array, called, choice, number, raises, several, truth
from companion.exercises.registry import Wrong, exercise


@exercise(
    "ch05.parameters",
    title="Count the weights",
    level=1,
    minutes=5,
    statement="""
        Write `parameters(widths)`: the number of weights and biases of a network of dense layers,
        where `widths` lists the number of inputs, then the width of each layer. The article's
        network is `parameters([8, 64, 32, 1])`.
    """,
    stub="""
        def parameters(widths):
            return ...  # your code
    """,
    solution="""
        def parameters(widths):
            return sum((a + 1) * b for a, b in zip(widths[:-1], widths[1:]))
    """,
    explanation="""
        Each of the `b` units of a layer has one weight for each of its `a` inputs, and one bias.
        For the article's network that is $2689$: small enough to print on five pages.
    """,
    hints=(
        "How many arrows lead into one unit of the first hidden layer?",
        "Each unit also has one bias.",
    ),
    wrong={
        "no_biases": (
            "def parameters(widths):\n"
            "    return sum(a * b for a, b in zip(widths[:-1], widths[1:]))",
            "biases",
        ),
        "one_bias_a_layer": (
            "def parameters(widths):\n"
            "    return sum(a * b + 1 for a, b in zip(widths[:-1], widths[1:]))",
            "one bias for each layer",
        ),
        "input_has_biases": (
            "def parameters(widths):\n"
            "    return sum(a * b for a, b in zip(widths[:-1], widths[1:])) + sum(widths)",
            "inputs have no biases",
        ),
    },
)
def _parameters(answer: Any) -> None:
    for widths in ([8, 64, 32, 1], [3, 5], [4, 1, 1, 7]):
        weights = int(np.dot(widths[:-1], widths[1:]))
        number(
            called(answer, widths, name="parameters"),
            weights + sum(widths[1:]),
            causes=[
                (weights, "the biases are missing, one for each unit."),
                (weights + len(widths) - 1, "that is one bias for each layer; each unit has one."),
                (weights + sum(widths), "the inputs have no biases; only units have."),
            ],
            name=f"parameters({widths})",
        )


@exercise(
    "ch05.possible-log",
    title="Is this log possible?",
    level=2,
    minutes=10,
    statement="""
        A log prints a mean squared error `mse` and a mean absolute error `mae` of the same
        predictions. Write `possible(mse, mae)`: `True` if some list of errors has these two values,
        `False` if none can.
    """,
    stub="""
        def possible(mse, mae):
            return ...  # your code
    """,
    solution="""
        def possible(mse, mae):
            return bool(mse >= mae**2 and mae >= 0)
    """,
    explanation=r"""
        The variance of the absolute errors, $\operatorname{mean}(|e|^2) -
        \operatorname{mean}(|e|)^2$, is never negative. So
        $\mathrm{MSE} \ge \mathrm{MAE}^2$, with equality when all errors have the same size. Above
        that line every pair can be reached, by mixing small and large errors.
    """,
    hints=(
        "Let all errors have the same size. How do the two numbers relate?",
        "The variance of |e| is mean(|e|²) − mean(|e|)². What do you know of a variance?",
    ),
    wrong={
        "no_square": (
            "def possible(mse, mae):\n    return mse >= mae and mae >= 0",
            "different units",
        ),
        "strict": (
            "def possible(mse, mae):\n    return mse > mae ** 2 and mae >= 0",
            "same size",
        ),
        "turned": (
            "def possible(mse, mae):\n    return mse <= mae ** 2 and mae >= 0",
            "turned round",
        ),
        "negative": ("def possible(mse, mae):\n    return mse >= mae ** 2", "negative"),
    },
)
def _possible(answer: Any) -> None:
    def says(mse: float, mae: float) -> bool:
        return truth(called(answer, mse, mae, name="possible"), name="possible")

    if says(4859.6, 2017.5) and not says(10.0, 1.0):
        raise Wrong("The comparison is turned round: large squared errors are always possible.")
    # Errors 0.5 and 0.5: the mean square, 0.25, is below the mean, 0.5.
    if not says(0.25, 0.5) and says(0.6, 0.5):
        raise Wrong(
            "Errors of 0.5 give 0.25 and 0.5, and that is possible: "
            "the two have different units, dollars squared and dollars."
            if says(4.0, 3.0)
            else "Errors that all have the same size give exactly mae², and are possible."
        )
    if says(4.0, 3.0):
        raise Wrong("4 and 3 cannot be: the two have different units; which power compares them?")
    if says(9.0, -1.0):
        raise Wrong("A mean of absolute values is never negative.")
    errors = np.random.default_rng(0).standard_normal((50, 4))
    for row in errors:
        if not says(float(row @ row) / 4, float(np.abs(row).sum()) / 4):
            raise Wrong(
                f"The errors {row.round(2).tolist()} are possible; yours says they are not."
            )
    if not says(0.0, 0.0):
        raise Wrong("A perfect prediction has 0 and 0: possible.")


@exercise(
    "ch05.standardise",
    title="Scale without peeking",
    level=1,
    minutes=8,
    statement="""
        Write `standardise(train, other)`. Give both arrays, of shapes `(n, k)` and `(m, k)`, back
        scaled column by column, so that each column of `train` has mean 0 and standard deviation 1.
        Nothing about `other` may influence the scale.
    """,
    stub="""
        def standardise(train, other):
            return ...  # two arrays
    """,
    solution="""
        def standardise(train, other):
            mean = train.mean(axis=0)
            std = train.std(axis=0)
            return (train - mean) / std, (other - mean) / std
    """,
    explanation="""
        Means and deviations are learned from data like weights are. Learned from rows that later
        judge the model, they carry those rows into it.
    """,
    hints=(
        "`train.mean(axis=0)` has one value a column.",
        "Use the same two rows for both arrays.",
    ),
    wrong={
        "all_rows": (
            "def standardise(train, other):\n"
            "    rows = np.vstack([train, other])\n"
            "    mean, std = rows.mean(axis=0), rows.std(axis=0)\n"
            "    return (train - mean) / std, (other - mean) / std",
            "rows of `other`",
        ),
        "each_its_own": (
            "def standardise(train, other):\n"
            "    return ((train - train.mean(axis=0)) / train.std(axis=0),\n"
            "            (other - other.mean(axis=0)) / other.std(axis=0))",
            "its own scale",
        ),
        "one_constant": (
            "def standardise(train, other):\n"
            "    mean, std = train.mean(), train.std()\n"
            "    return (train - mean) / std, (other - mean) / std",
            "one scale for all columns",
        ),
    },
)
def _standardise(answer: Any) -> None:
    rng = np.random.default_rng(0)
    train = rng.standard_normal((40, 3)) * [1, 100, 5000] + [0, 30, -7000]
    other = rng.standard_normal((11, 3)) * [2, 50, 100] + [4, 0, 9]
    result = called(answer, train, other, name="standardise")
    result = several(result, ("the scaled train", "the scaled other"), name="standardise")

    def scaled(rows: np.ndarray, by: np.ndarray) -> np.ndarray:
        columns = [
            (rows[:, j] - math.fsum(by[:, j]) / len(by)) / np.sqrt(np.var(by[:, j]))
            for j in range(by.shape[1])
        ]
        return np.stack(columns, axis=1)

    both = np.concatenate([train, other])
    array(
        result[0],
        scaled(train, train),
        causes=[
            (scaled(train, both), "rows of `other` entered the scale; fit on `train` alone."),
            ((train - train.mean()) / train.std(), "that is one scale for all columns."),
        ],
        name="The scaled train",
    )
    array(
        result[1],
        scaled(other, train),
        causes=[(scaled(other, other), "`other` got its own scale; use that of `train`.")],
        name="The scaled other",
    )


@exercise(
    "ch05.linear",
    title="The real linear regression",
    level=2,
    minutes=12,
    statement="""
        Write `linear(X, y)`: the coefficients of the linear regression of `y`, shape `(n,)`, on the
        columns of `X`, shape `(n, k)`, found by least squares. Return an array of shape `(k + 1,)`,
        the intercept first. It has to work when two columns carry the same information.
    """,
    stub="""
        def linear(X, y):
            return ...  # your code
    """,
    solution="""
        def linear(X, y):
            with_one = np.column_stack([np.ones(len(X)), X])
            return np.linalg.lstsq(with_one, y)[0]
    """,
    explanation="""
        A column of ones turns the intercept into one more coefficient. `lstsq` also copes with
        columns that repeat each other, where the normal equations cannot be solved.
    """,
    hints=(
        "Put a column of ones before `X`: its coefficient is the intercept.",
        "`np.linalg.lstsq` solves least squares; `np.linalg.inv(X.T @ X)` fails on equal columns.",
    ),
    wrong={
        "no_intercept": (
            "def linear(X, y):\n"
            "    w = np.linalg.lstsq(X, y, rcond=None)[0]\n"
            "    return np.concatenate([[0.0], w])",
            "intercept",
        ),
        "intercept_last": (
            "def linear(X, y):\n"
            "    A = np.column_stack([X, np.ones(len(X))])\n"
            "    return np.linalg.lstsq(A, y, rcond=None)[0]",
            "last",
        ),
        "inverse": (
            "def linear(X, y):\n"
            "    A = np.column_stack([np.ones(len(X)), X])\n"
            "    return np.linalg.inv(A.T @ A) @ A.T @ y",
            "equal columns",
        ),
    },
)
def _linear(answer: Any) -> None:
    rng = np.random.default_rng(1)
    X = rng.standard_normal((30, 3)) + np.array([0, 2, -1])
    truth = np.array([1.5, 2.0, -3.0, 0.5])
    y = truth[0] + X @ truth[1:]
    through_zero = np.append(0.0, np.linalg.solve(X.T @ X, X.T @ y))
    array(
        called(answer, X, y, name="linear"),
        truth,
        causes=[
            (np.roll(truth, -1), "the intercept stands last; it should come first."),
            (through_zero, "the line goes through zero; the intercept is missing."),
        ],
        rtol=1e-5,
        name="The coefficients",
    )
    twice = np.column_stack([X[:, 0], X[:, 0]])
    noisy = 3.0 + 2.0 * X[:, 0] + 0.1 * rng.standard_normal(30)
    if raises(answer, twice, noisy):
        raise Wrong("With two equal columns it stops; least squares still has a solution.")
    w = np.asarray(called(answer, twice, noisy, name="linear"), float)
    centred = X[:, 0] - X[:, 0].mean()
    slope = centred @ noisy / (centred @ centred)
    fitted = noisy.mean() + slope * centred
    if w.shape != (3,) or not np.allclose(w[0] + twice @ w[1:], fitted, atol=1e-4):
        raise Wrong("With two equal columns the fitted line is wrong; the normal equations cannot.")


@exercise(
    "ch05.which-split",
    title="Which rows may judge?",
    level=1,
    minutes=5,
    statement="""
        A file lists houses from south to north. You will use the model for *new houses in the same
        towns*. Which split tells you how well it will do? Set `judged_on` to `"last"` (the last
        fifth of the rows), `"shuffled"` (a random fifth) or `"training"` (the rows it was trained
        on).
    """,
    stub="""
        judged_on = ...  # "last", "shuffled" or "training"
    """,
    solution="""
        judged_on = "shuffled"
    """,
    explanation="""
        New houses in the same towns are drawn like the rows of the file, all mixed. For a new
        *town*, hold whole places out instead: then the last fifth is close to the right question.
    """,
    hints=("Which of the three is drawn as the future houses are drawn?",),
    wrong={
        "last": ('judged_on = "last"', "another part of the country"),
        "training": ('judged_on = "training"', "has seen"),
        "something_else": ('judged_on = "random"', "one of"),
    },
)
def _which_split(answer: Any) -> None:
    choice(
        answer,
        "shuffled",
        {
            "last": "the last rows are another part of the country, the north; you did not ask "
            "about it.",
            "training": "the model has seen these rows, so it can do well by remembering.",
        },
        name="judged_on",
    )


@exercise(
    "ch05.conformal",
    title="An interval that keeps its promise",
    level=3,
    minutes=20,
    statement=r"""
        `scores` holds the absolute errors of a model on `n` houses it has not seen. Write
        `radius(scores, coverage)`: the smallest of these scores so that `prediction ± radius`
        covers a *new* house with probability at least `coverage`, whatever the distribution. Raise
        a `ValueError` when `n` is too small for that.
    """,
    stub="""
        def radius(scores, coverage):
            return ...  # your code
    """,
    solution="""
        def radius(scores, coverage):
            rank = int(np.ceil((len(scores) + 1) * coverage))
            if rank > len(scores):
                raise ValueError("too few scores for this coverage")
            return np.sort(scores)[rank - 1]
    """,
    explanation=r"""
        The new score is equally likely to fall into any of the `n + 1` gaps between the old ones.
        So the `k`-th smallest old score covers it with probability at least $k / (n + 1)$. Ask for
        $k \ge (n + 1) \cdot \mathrm{coverage}$.
    """,
    hints=(
        "Rank the new score among the old ones: it has n + 1 possible places, equally likely.",
        "The k-th smallest score covers with probability k / (n + 1). Solve for k, round up.",
        "When k would be n + 1, no score is large enough.",
    ),
    wrong={
        "plain_quantile": (
            "def radius(scores, coverage):\n"
            "    k = int(np.ceil(len(scores) * coverage))\n"
            "    return np.sort(scores)[k - 1]",
            "n + 1",
        ),
        "one_too_far": (
            "def radius(scores, coverage):\n"
            "    k = int(np.ceil((len(scores) + 1) * coverage))\n"
            "    if k >= len(scores): raise ValueError\n"
            "    return np.sort(scores)[k]",
            "one place too far",
        ),
        "no_refusal": (
            "def radius(scores, coverage):\n"
            "    k = int(np.ceil((len(scores) + 1) * coverage))\n"
            "    return np.sort(scores)[min(k, len(scores)) - 1]",
            "too few",
        ),
    },
)
def _conformal(answer: Any) -> None:
    rng = np.random.default_rng(2)
    for n, percent in ((99, 90), (19, 80), (50, 95), (9, 90), (200, 50)):
        scores = rng.permutation(rng.standard_exponential(n))
        # In whole percent, so that no rounding of 0.9 decides the rank.
        rank = next(k for k in range(1, n + 1) if 100 * k >= percent * (n + 1))
        ordered = sorted(scores.tolist())
        causes = [(ordered[min(rank, n - 1)], "that is one place too far in the sorted scores.")]
        plain = next(k for k in range(1, n + 1) if 100 * k >= percent * n)
        if plain != rank:
            causes.insert(
                0, (ordered[plain - 1], "with n scores a new one has n + 1 places; count those.")
            )
        number(
            called(answer, scores, percent / 100, name="radius"),
            ordered[rank - 1],
            causes=causes,
            name=f"The radius for {n} scores and coverage {percent} %",
        )
    for scores in (np.ones(8), np.ones(1)):
        try:
            answer(scores, 0.9)
        except ValueError:
            continue
        raise Wrong(f"{len(scores)} scores are too few for coverage 90 %; raise a ValueError.")
