"""Chapter 4, mathematics: layers, averages, Bayes, activations, descent, back-propagation."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises.compare import array, called, number, several
from companion.exercises.registry import Wrong, exercise

Array = NDArray[np.float64]


def _slope(function: Callable[[Any], Any], at: Array) -> Array:
    """Differentiate a number by each entry of an array, by the complex step.

    For an analytic function f(x + ih) = f(x) + ih f'(x) + O(h²): the imaginary part divided by h is
    the derivative, and nothing cancels (Squire and Trapp, 1998).
    """
    slopes = np.zeros(at.shape)
    for i in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[i] += 1e-20j
        slopes[i] = np.imag(function(moved)) / 1e-20
    return slopes


@exercise(
    "ch04.layer",
    title="A layer is one product",
    level=1,
    minutes=5,
    statement="""
        Write `layer(X, W, b)`: the output of a dense layer, before its activation, for a whole
        batch. `X` has the shape `(n, d)`, one example a row; `W` has `(d, k)` and `b` has `(k,)`.
        Use no loop.
    """,
    stub="""
        def layer(X, W, b):
            return ...  # shape (n, k)
    """,
    solution="""
        def layer(X, W, b):
            return X @ W + b
    """,
    explanation="""
        Row `i` of `X @ W` is example `i` times `W`: the rows do not mix. The bias has one value for
        each output, so it is added to every row. One product for the whole batch is what keeps the
        processor busy.
    """,
    hints=(
        "Which product of the shapes (n, d) and (d, k) gives (n, k)?",
        "NumPy adds a row of shape (k,) to each row of an (n, k) array.",
    ),
    wrong={
        "weights_first": ("def layer(X, W, b):\n    return W @ X + b", "the batch stands left"),
        "weights_turned": ("def layer(X, W, b):\n    return X @ W.T + b", "`W` is transposed"),
        "no_bias": ("def layer(X, W, b):\n    return X @ W", "the bias is missing"),
        "bias_down_the_rows": (
            "def layer(X, W, b):\n    return X @ W + b[:, None]",
            "one value for each output",
        ),
    },
)
def _layer(answer: Any) -> None:
    rng = np.random.default_rng(0)
    # All square first: there every wrong order has a value, and can be named.
    for n, d, k in ((3, 3, 3), (5, 4, 2), (1, 2, 6)):
        X, W, b = (rng.standard_normal(shape) for shape in ((n, d), (d, k), (k,)))
        product = np.array([[math.fsum(x * w) for w in W.T] for x in X])
        causes = [(product, "the bias is missing.")]
        if n == d == k:
            causes += [
                (W.dot(X) + b, "in our notation the batch stands left of `W`."),
                (X.dot(W.T) + b, "`W` is transposed; it already has one column an output."),
                (product + b.reshape(k, 1), "`b` has one value for each output, not each example."),
            ]
        array(
            called(answer, X, W, b, name="layer"),
            product + np.tile(b, (n, 1)),
            causes=causes,
            name=f"layer for n = {n}, d = {d}, k = {k}",
        )


@exercise(
    "ch04.matrixgrad",
    title="The gradient has the shape of the matrix",
    level=2,
    minutes=10,
    statement=r"""
        For one example, $z = xW$, and some objective $J$ depends on $z$. You are given `x`, of
        shape `(d,)`, and `g`, of shape `(k,)`, with $g_j = \partial J / \partial z_j$. Write
        `gradient(x, g)`: the derivatives of $J$ by each entry of $W$, in the shape of $W$.
    """,
    stub="""
        def gradient(x, g):
            return ...  # shape (d, k)
    """,
    solution="""
        def gradient(x, g):
            return np.outer(x, g)
    """,
    explanation=r"""
        The entry $W_{ij}$ enters only $z_j$, and there it is multiplied by $x_i$. So
        $\partial J / \partial W_{ij} = x_i g_j$, which is $x^\top g$ for rows $x$ and $g$. For a
        batch these outer products are added up: $X^\top G$. The rank of $W$ plays no part.
    """,
    hints=(
        "Which of the z depend on W[i, j]? How does each change when W[i, j] grows by a little?",
        "The entry (i, j) of the answer is x[i] times g[j].",
    ),
    wrong={
        "turned": ("def gradient(x, g):\n    return np.outer(g, x)", "transposed"),
        "elementwise": ("def gradient(x, g):\n    return x * g", "every pair"),
        "inner": ("def gradient(x, g):\n    return x @ g", "one number"),
    },
)
def _matrixgrad(answer: Any) -> None:
    rng = np.random.default_rng(1)
    for d, k in ((3, 3), (4, 2), (1, 5)):
        x, g, W = (rng.standard_normal(shape) for shape in (d, k, (d, k)))
        expected = _slope(lambda moved, x=x, g=g: (x.dot(moved) * g).sum(), W)  # type: ignore[misc]
        causes: list[tuple[Any, str]] = [(expected.T, "it is transposed: W has d rows.")]
        if d == k:
            causes += [
                (
                    np.diag(expected),
                    "you need the product of every pair x[i], g[j], not d of them.",
                ),
                (np.trace(expected), "that is one number; W has d times k entries."),
            ]
        array(
            called(answer, x, g, name="gradient"),
            expected,
            causes=causes,
            name=f"gradient for d = {d}, k = {k}",
        )


@exercise(
    "ch04.average",
    title="How many measurements?",
    level=1,
    minutes=8,
    statement="""
        You average `n` independent measurements with standard deviation `s`. Write
        `enough(s, margin)`: the smallest `n` for which **two** standard errors of the average are
        at most `margin`.
    """,
    stub="""
        def enough(s, margin):
            return ...  # a whole number
    """,
    solution="""
        def enough(s, margin):
            return int(np.ceil(4 * (s / margin) ** 2))
    """,
    explanation=r"""
        The variance of an average of $n$ is $s^2/n$, so its standard error is $s/\sqrt{n}$. From
        $2s/\sqrt{n} \le m$ follows $n \ge 4s^2/m^2$. For one more digit you need a hundred times as
        many measurements. Two standard errors hold about 95 in 100 averages.
    """,
    hints=(
        "The standard error of an average of n is s divided by the square root of n.",
        "Solve 2 s / √n = margin for n, then round up.",
    ),
    wrong={
        "one_error": (
            "def enough(s, margin):\n    return int(np.ceil((s / margin) ** 2))",
            "one standard error",
        ),
        "no_square": (
            "def enough(s, margin):\n    return int(np.ceil(2 * s / margin))",
            "square root of n",
        ),
        "rounded_down": (
            "def enough(s, margin):\n    return int(4 * (s / margin) ** 2)",
            "round up",
        ),
        "one_more": (
            "def enough(s, margin):\n    return int(4 * (s / margin) ** 2) + 1",
            "one fewer",
        ),
    },
)
def _average(answer: Any) -> None:
    # 3 and 0.5 fit exactly; both are binary fractions, so no rounding decides.
    for s, margin in ((10.0, 0.75), (3.0, 0.5), (1.0, 5.0), (7.0, 2.5)):
        expected = next(n for n in count(1) if n * margin * margin >= 4 * s * s)
        single = next(n for n in count(1) if n * margin * margin >= s * s)
        linear = next(n for n in count(1) if n * margin >= 2 * s)
        number(
            called(answer, s, margin, name="enough"),
            expected,
            causes=[
                (expected - 1, "with these the error is above the margin; round up."),
                (expected + 1, "one fewer is enough: at most means that equal will do."),
                (single, "that is for one standard error; the margin is two."),
                (linear, "the error falls with the square root of n, not with n."),
            ],
            name=f"enough({s}, {margin})",
        )


@exercise(
    "ch04.bayes",
    title="What a positive test means",
    level=1,
    minutes=8,
    statement=r"""
        A share `base_rate` of the people is ill. A test is positive for a share `sensitivity` of
        the ill, and also for a share `false_positive_rate` of the healthy. Write
        `posterior(base_rate, sensitivity, false_positive_rate)`: the probability that a person with
        a positive test is ill.
    """,
    stub="""
        def posterior(base_rate, sensitivity, false_positive_rate):
            return ...  # between 0 and 1
    """,
    solution="""
        def posterior(base_rate, sensitivity, false_positive_rate):
            ill = base_rate * sensitivity
            healthy = (1 - base_rate) * false_positive_rate
            return ill / (ill + healthy)
    """,
    explanation=r"""
        Bayes: $P(\text{ill} \mid +) = P(+ \mid \text{ill})\,P(\text{ill}) / P(+)$. The positive
        tests come from two groups, and when few are ill, the healthy group is so much larger that
        its few false alarms outnumber the true ones.
    """,
    hints=(
        "Of a hundred thousand people, how many are ill and positive? And healthy and positive?",
        "What share of all the positive ones is ill?",
    ),
    wrong={
        "condition_turned": (
            "def posterior(base_rate, sensitivity, false_positive_rate):\n    return sensitivity",
            "P(positive | ill)",
        ),
        "joint": (
            "def posterior(base_rate, sensitivity, false_positive_rate):\n"
            "    return base_rate * sensitivity",
            "of all people",
        ),
        "equal_groups": (
            "def posterior(base_rate, sensitivity, false_positive_rate):\n"
            "    return sensitivity / (sensitivity + false_positive_rate)",
            "base rate is ignored",
        ),
        "all_as_healthy": (
            "def posterior(base_rate, sensitivity, false_positive_rate):\n"
            "    ill = base_rate * sensitivity\n"
            "    return ill / (ill + false_positive_rate)",
            "only the healthy",
        ),
    },
)
def _bayes(answer: Any) -> None:
    people = 1_000_000
    for ill, percent_found, percent_alarm in ((1000, 99, 5), (200_000, 80, 30), (5000, 90, 1)):
        found = ill * percent_found // 100
        alarms = (people - ill) * percent_alarm // 100
        rates = (ill / people, percent_found / 100, percent_alarm / 100)
        number(
            called(answer, *rates, name="posterior"),
            found / (found + alarms),
            causes=[
                (percent_found / 100, "that is P(positive | ill); asked is P(ill | positive)."),
                (found / people, "that is the share of all people; divide by the positive ones."),
                (
                    percent_found / (percent_found + percent_alarm),
                    "the base rate is ignored, as if half of the people were ill.",
                ),
                (
                    found / (found + people * percent_alarm / 100),
                    "only the healthy, 1 − base_rate, give false alarms.",
                ),
            ],
            name=f"posterior{rates}",
        )
    for base_rate in (0.0, 1.0):
        number(
            called(answer, base_rate, 0.9, 0.1, name="posterior"),
            base_rate,
            name=f"With a base rate of {base_rate:.0f} the posterior",
        )


@exercise(
    "ch04.slopes",
    title="Three slopes",
    level=1,
    minutes=10,
    statement="""
        Write `slopes(x)`: for an array `x` the derivatives of the sigmoid, of tanh and of ReLU at
        each of its values, as three arrays in this order. At 0 take the slope of ReLU as 0.
    """,
    stub="""
        def slopes(x):
            return ...  # three arrays, each of the shape of x
    """,
    solution="""
        def slopes(x):
            s = 1 / (1 + np.exp(-x))
            return s * (1 - s), 1 - np.tanh(x) ** 2, (x > 0).astype(float)
    """,
    explanation=r"""
        $\sigma' = \sigma(1-\sigma)$ is at most one quarter, and $\tanh' = 1 - \tanh^2$ at most one.
        Both fall to zero on both sides. ReLU is piecewise linear: its slope is 0 or 1, so it does
        not shrink a gradient, and does not raise it either.
    """,
    hints=(
        "The derivatives can be written with the functions' own values: σ(1 − σ) and 1 − tanh².",
        "The slope of ReLU is 1 where x is positive and 0 elsewhere.",
    ),
    wrong={
        "values": (
            "def slopes(x):\n    return 1 / (1 + np.exp(-x)), np.tanh(x), np.maximum(x, 0)",
            "not its slope",
        ),
        "no_square": (
            "def slopes(x):\n"
            "    s = 1 / (1 + np.exp(-x))\n"
            "    return s * (1 - s), 1 - np.tanh(x), (x > 0).astype(float)",
            "square of tanh",
        ),
        "of_the_input": (
            "def slopes(x):\n    return x * (1 - x), 1 - x ** 2, (x > 0).astype(float)",
            "values of the function",
        ),
        "zero_counts": (
            "def slopes(x):\n"
            "    s = 1 / (1 + np.exp(-x))\n"
            "    return s * (1 - s), 1 - np.tanh(x) ** 2, (x >= 0).astype(float)",
            "At 0",
        ),
    },
)
def _slopes(answer: Any) -> None:
    rng = np.random.default_rng(2)
    for x in (3 * rng.standard_normal((4, 3)), np.array([0.0, 2.0, -2.0]), np.array([8.0, -8.0])):
        sigmoid = np.reciprocal(1 + np.exp(np.negative(x)))
        for_input = "write it with the values of the function, not with x itself."
        given = several(
            called(answer, x, name="slopes"), ("of sigmoid", "of tanh", "of ReLU"), name="slopes"
        )
        array(
            given[0],
            _slope(lambda z: np.sum(1 / (1 + np.exp(-z))), x),
            causes=[
                (sigmoid, "that is the sigmoid, not its slope."),
                (x - x * x, for_input),
            ],
            name="The slope of the sigmoid",
        )
        array(
            given[1],
            _slope(lambda z: np.sum(np.tanh(z)), x),
            causes=[
                (np.tanh(x), "that is tanh, not its slope."),
                (1 - np.tanh(x), "it takes the square of tanh."),
                (1 - x * x, for_input),
            ],
            name="The slope of tanh",
        )
        causes = [(np.clip(x, 0.0, None), "that is ReLU, not its slope.")]
        if not x.all():
            causes.append((np.heaviside(x, 1.0), "At 0 the exercise takes 0."))
        array(given[2], np.heaviside(x, 0.0), causes=causes, name="The slope of ReLU")


@exercise(
    "ch04.softmax",
    title="A softmax that does not overflow",
    level=2,
    minutes=10,
    statement=r"""
        Write `softmax(Z)`: along the **last** axis, $e^{z_j} / \sum_m e^{z_m}$. `Z` may have any
        number of axes, and entries such as $1000$ or $-1000$.
    """,
    stub="""
        def softmax(Z):
            return ...  # shape of Z
    """,
    solution="""
        def softmax(Z):
            e = np.exp(Z - Z.max(axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)
    """,
    explanation="""
        To take a number away from all entries of a row changes nothing: above and below the line
        it is the same factor. With the row's own largest entry taken away, the largest power is
        e⁰ = 1, and the sum is at least 1.
    """,
    hints=(
        "What happens to the fractions when you subtract the same number from a whole row?",
        "Subtract each row's largest entry; `keepdims=True` keeps the shape that broadcasts.",
    ),
    wrong={
        "overflow": (
            "def softmax(Z):\n    e = np.exp(Z)\n    return e / e.sum(axis=-1, keepdims=True)",
            "overflows",
        ),
        "whole_array": (
            "def softmax(Z):\n    e = np.exp(Z - Z.max())\n    return e / e.sum()",
            "all entries together",
        ),
        "wrong_axis": (
            "def softmax(Z):\n"
            "    e = np.exp(Z - Z.max(axis=0, keepdims=True))\n"
            "    return e / e.sum(axis=0, keepdims=True)",
            "columns",
        ),
        "one_maximum": (
            "def softmax(Z):\n"
            "    e = np.exp(Z - Z.max())\n"
            "    return e / e.sum(axis=-1, keepdims=True)",
            "each row its own",
        ),
    },
)
def _softmax(answer: Any) -> None:
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


@exercise(
    "ch04.descent",
    title="One step downhill",
    level=1,
    minutes=10,
    statement=r"""
        The line $\hat y = wx + b$ has the objective
        $J = \frac1n \sum_i (\hat y_i - y_i)^2$. Write `step(x, y, w, b, rate)`: the new `w` and the
        new `b` after one step of gradient descent. `x` and `y` have the shape `(n,)`; the other
        arguments are numbers.
    """,
    stub="""
        def step(x, y, w, b, rate):
            return ...  # the new w, the new b
    """,
    solution="""
        def step(x, y, w, b, rate):
            error = w * x + b - y
            return w - 2 * rate * np.mean(error * x), b - 2 * rate * np.mean(error)
    """,
    explanation=r"""
        By the chain rule $\partial J/\partial w = \frac2n \sum_i (\hat y_i - y_i)\,x_i$: the weight
        gets the error times its input. The bias has the input 1, so
        $\partial J/\partial b = \frac2n \sum_i (\hat y_i - y_i)$. Both derivatives are taken at the
        old values.
    """,
    hints=(
        "Write error = ŷ − y. What is the derivative of error² by w? By b?",
        "The new value is the old one minus rate times the derivative.",
    ),
    wrong={
        "swapped": (
            "def step(x, y, w, b, rate):\n"
            "    error = w * x + b - y\n"
            "    return w - 2 * rate * np.mean(error), b - 2 * rate * np.mean(error * x)",
            "swapped",
        ),
        "uphill": (
            "def step(x, y, w, b, rate):\n"
            "    error = w * x + b - y\n"
            "    return w + 2 * rate * np.mean(error * x), b + 2 * rate * np.mean(error)",
            "uphill",
        ),
        "no_factor": (
            "def step(x, y, w, b, rate):\n"
            "    error = w * x + b - y\n"
            "    return w - rate * np.mean(error * x), b - rate * np.mean(error)",
            "factor 2",
        ),
        "summed": (
            "def step(x, y, w, b, rate):\n"
            "    error = w * x + b - y\n"
            "    return w - 2 * rate * np.sum(error * x), b - 2 * rate * np.sum(error)",
            "mean over the examples",
        ),
        "one_after_the_other": (
            "def step(x, y, w, b, rate):\n"
            "    w = w - 2 * rate * np.mean((w * x + b - y) * x)\n"
            "    return w, b - 2 * rate * np.mean(w * x + b - y)",
            "the old w",
        ),
    },
)
def _descent(answer: Any) -> None:
    rng = np.random.default_rng(4)
    for n, rate in ((5, 0.1), (12, 0.03)):
        x, y = rng.standard_normal(n) + 1.0, rng.standard_normal(n)
        w, b = rng.standard_normal(2)

        def objective(w: float, b: float, x: Array = x, y: Array = y) -> float:
            return float(np.polyval([w, b], x).dot(np.polyval([w, b], x) - 2 * y) + y.dot(y)) / len(
                x
            )

        # A central difference of a quadratic is its derivative, whatever the step.
        by_w = (objective(w + 1, b) - objective(w - 1, b)) / 2
        by_b = (objective(w, b + 1) - objective(w, b - 1)) / 2
        later = w - rate * by_w
        by_b_later = (objective(later, b + 1) - objective(later, b - 1)) / 2
        new_w, new_b = several(
            called(answer, x, y, w, b, rate, name="step"), ("the new w", "the new b"), name="step"
        )
        mistakes = [
            (by_b, by_w, "the two derivatives are swapped: w goes with the error times x."),
            (-by_w, -by_b, "this goes uphill; subtract the derivative."),
            (by_w / 2, by_b / 2, "the factor 2 of the square's derivative is missing."),
            (by_w * n, by_b * n, "take the mean over the examples, not the sum."),
            (by_w, by_b_later, "b's derivative is to be taken at the old w."),
        ]
        number(new_w, later, causes=[(w - rate * m[0], m[2]) for m in mistakes[:4]], name="w")
        number(new_b, b - rate * by_b, causes=[(b - rate * m[1], m[2]) for m in mistakes], name="b")


@exercise(
    "ch04.stepsize",
    title="The largest step that still converges",
    level=2,
    minutes=15,
    statement=r"""
        Write `limit(X)`: the learning rate below which gradient descent on
        $J(w) = \frac1n \lVert Xw - y \rVert^2$ converges and above which it does not. `X` has the
        shape `(n, d)` with independent columns.
    """,
    stub="""
        def limit(X):
            return ...  # a number
    """,
    solution="""
        def limit(X):
            hessian = 2 * X.T @ X / len(X)
            return 2 / np.linalg.eigvalsh(hessian).max()
    """,
    explanation=r"""
        Along an eigenvector of the Hessian with eigenvalue $\lambda$ each step multiplies the
        distance to the minimum by $1 - \alpha\lambda$. Its size is below one exactly for
        $\alpha < 2/\lambda$, and the largest eigenvalue asks for the smallest step. This is why
        features of very different sizes make descent slow: one of them limits the step for all.
    """,
    hints=(
        "In one dimension, J = λw²/2. What does one step do to w, and when does w shrink?",
        "The Hessian of J is 2XᵀX/n; the steepest direction has its largest eigenvalue.",
    ),
    wrong={
        "smallest": (
            "def limit(X):\n    return 2 / np.linalg.eigvalsh(2 * X.T @ X / len(X)).min()",
            "smallest eigenvalue",
        ),
        "one_over": (
            "def limit(X):\n    return 1 / np.linalg.eigvalsh(2 * X.T @ X / len(X)).max()",
            "twice as large",
        ),
        "no_mean": (
            "def limit(X):\n    return 2 / np.linalg.eigvalsh(2 * X.T @ X).max()",
            "1/n",
        ),
        "no_two": (
            "def limit(X):\n    return 2 / np.linalg.eigvalsh(X.T @ X / len(X)).max()",
            "factor 2",
        ),
        "trace": (
            "def limit(X):\n    return 2 / np.trace(2 * X.T @ X / len(X))",
            "sum of the eigenvalues",
        ),
    },
)
def _stepsize(answer: Any) -> None:
    rng = np.random.default_rng(5)
    for n, d in ((7, 3), (20, 2), (6, 1)):
        X = rng.standard_normal((n, d)) * np.arange(1, d + 1)
        size = np.linalg.svd(X, compute_uv=False)
        causes = [
            (0.5 * n / size[0] ** 2, "it still converges with steps twice as large."),
            (1.0 / size[0] ** 2, "J has the factor 1/n, and so has its Hessian."),
            (2.0 * n / size[0] ** 2, "the Hessian has the factor 2 of the square's derivative."),
        ]
        if d > 1:
            causes += [
                (n / size[-1] ** 2, "that uses the smallest eigenvalue; the largest limits."),
                (n / (size @ size), "that uses the sum of the eigenvalues; the largest limits."),
            ]
        number(
            called(answer, X, name="limit"),
            n / size[0] ** 2,
            causes=causes,
            name=f"limit for n = {n}, d = {d}",
        )


@exercise(
    "ch04.adam",
    title="Adam by hand",
    level=2,
    minutes=15,
    statement=r"""
        Write `adam(w, g, m, s, t, rate)`: step number `t` (the first is 1) of Adam with
        $\beta_1 = 0.9$, $\beta_2 = 0.999$ and $\epsilon = 10^{-8}$. `w` holds the weights, `g` the
        gradient, `m` and `s` the running averages of $g$ and of $g^2$ before this step; all are
        arrays of one shape. Return the new `w`, `m` and `s`:

        $$ \begin{gathered}
        m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
        s \leftarrow \beta_2 s + (1 - \beta_2) g^2, \\
        w \leftarrow w - \alpha \frac{m / (1 - \beta_1^t)}{\sqrt{s / (1 - \beta_2^t)} + \epsilon}
        \end{gathered} $$
    """,
    stub="""
        def adam(w, g, m, s, t, rate):
            return ...  # new w, new m, new s
    """,
    solution="""
        def adam(w, g, m, s, t, rate):
            m = 0.9 * m + 0.1 * g
            s = 0.999 * s + 0.001 * g**2
            m_hat = m / (1 - 0.9**t)
            s_hat = s / (1 - 0.999**t)
            return w - rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s
    """,
    explanation=r"""
        The averages start at zero, so after $t$ steps they hold only a share $1 - \beta^t$ of the
        weight; the division mends that. Without it the first step would be
        $0.1/\sqrt{0.001} \approx 3.2$ times too long. In the first step $\hat m/\sqrt{\hat s}$ is
        the sign of the gradient: its size does not matter. Kingma and Ba, 2015. Keras adds its
        $\epsilon$ before it corrects $s$, which matters only for tiny gradients.
    """,
    hints=(
        "Four lines before the return: m, s, m corrected, s corrected.",
        "The corrected averages are used in the step only; return m and s uncorrected.",
    ),
    wrong={
        "not_corrected": (
            "def adam(w, g, m, s, t, rate):\n"
            "    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2\n"
            "    return w - rate * m / (np.sqrt(s) + 1e-8), m, s",
            "correction is missing",
        ),
        "counted_from_zero": (
            "def adam(w, g, m, s, t, rate):\n"
            "    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2\n"
            "    a, b = m / (1 - 0.9 ** (t + 1)), s / (1 - 0.999 ** (t + 1))\n"
            "    return w - rate * a / (np.sqrt(b) + 1e-8), m, s",
            "t is 1",
        ),
        "keeps_the_corrected": (
            "def adam(w, g, m, s, t, rate):\n"
            "    m = (0.9 * m + 0.1 * g) / (1 - 0.9**t)\n"
            "    s = (0.999 * s + 0.001 * g**2) / (1 - 0.999**t)\n"
            "    return w - rate * m / (np.sqrt(s) + 1e-8), m, s",
            "uncorrected",
        ),
        "no_square": (
            "def adam(w, g, m, s, t, rate):\n"
            "    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * np.abs(g)\n"
            "    a, b = m / (1 - 0.9**t), s / (1 - 0.999**t)\n"
            "    return w - rate * a / (np.sqrt(b) + 1e-8), m, s",
            "average of the squares",
        ),
        "epsilon_inside": (
            "def adam(w, g, m, s, t, rate):\n"
            "    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2\n"
            "    a, b = m / (1 - 0.9**t), s / (1 - 0.999**t)\n"
            "    return w - rate * a / np.sqrt(b + 1e-8), m, s",
            "outside the root",
        ),
    },
)
def _adam(answer: Any) -> None:
    rng = np.random.default_rng(6)
    # One gradient is about as small as epsilon, so that epsilon's place and sign show.
    history = rng.standard_normal((6, 4)) * np.array([1.0, 100.0, 0.01, 3e-8])
    w = rng.standard_normal(4)

    def averaged(values: Array, share: float) -> Array:
        """Weigh each past value at once: the older, the less."""
        ages = np.arange(len(values))[::-1]
        return np.asarray((1 - share) * np.power(share, ages).dot(values))

    for t in (1, 2, 6):
        past, now = history[: t - 1], history[:t]
        before = [averaged(past, 0.9), averaged(np.square(past), 0.999)]
        m, s = averaged(now, 0.9), averaged(np.square(now), 0.999)
        fresh_m = m / 0.1 / sum(0.9**k for k in range(t))
        fresh_s = s / -math.expm1(t * math.log(0.999))
        late_m, late_s = m / (1 - math.pow(0.9, t + 1)), s / (1 - math.pow(0.999, t + 1))
        absolute = 0.999 * before[1] + 0.001 * np.abs(now[-1])
        got_w, got_m, got_s = several(
            called(answer, w, now[-1], *before, t, 0.5, name="adam"), ("w", "m", "s"), name="adam"
        )
        array(got_m, m, causes=[(fresh_m, "return the uncorrected average.")], name="m", atol=0)
        array(
            got_s,
            s,
            causes=[
                (fresh_s, "return the uncorrected average."),
                (absolute, "s is the average of the squares."),
            ],
            name="s",
            atol=0,
        )
        array(
            got_w,
            w - 0.5 * fresh_m / (1e-8 + fresh_s**0.5),
            causes=[
                (w - 0.5 * m / (1e-8 + s**0.5), "the correction is missing."),
                (w - 0.5 * late_m / (1e-8 + late_s**0.5), "in the first step t is 1, not 0."),
                (w - 0.5 * fresh_m / (1e-8 + fresh_s) ** 0.5, "epsilon stands outside the root."),
            ],
            name="w",
        )


@exercise(
    "ch04.crossentropy",
    title="Where softmax meets cross-entropy",
    level=2,
    minutes=15,
    statement=r"""
        `Z`, of shape `(n, k)`, holds the logits of `n` examples, `labels`, of shape `(n,)`, their
        classes from 0 to k − 1. The objective is the mean cross-entropy
        $J = -\frac1n \sum_i \log \mathrm{softmax}(Z_i)_{y_i}$. Write `gradient(Z, labels)`:
        $\partial J / \partial Z$, also for logits as large as $1000$.
    """,
    stub="""
        def gradient(Z, labels):
            return ...  # shape (n, k)
    """,
    solution="""
        def gradient(Z, labels):
            P = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
            P[np.arange(len(Z)), labels] -= 1
            return P / len(Z)
    """,
    explanation=r"""
        $-\log \mathrm{softmax}(z)_y = \log \sum_m e^{z_m} - z_y$. The derivative of the first part
        is the softmax itself, that of the second is 1 at the right class. So the error signal is
        $(p - y)/n$ with one-hot $y$: no slope of a saturated function stands before it, which is
        why the two belong together. Each of its rows sums to zero.
    """,
    hints=(
        "Write −log softmax as log of a sum of powers, minus one logit. Then differentiate.",
        "The derivative of log Σ e^z by z_j is the softmax at j.",
        "`np.logaddexp.reduce(Z, axis=1, keepdims=True)` is log Σ e^z of each row, no overflow.",
    ),
    wrong={
        "summed": (
            "def gradient(Z, labels):\n"
            "    P = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))\n"
            "    return P - np.eye(Z.shape[1])[labels]",
            "divide by n",
        ),
        "turned": (
            "def gradient(Z, labels):\n"
            "    P = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))\n"
            "    return (np.eye(Z.shape[1])[labels] - P) / len(Z)",
            "sign",
        ),
        "no_label": (
            "def gradient(Z, labels):\n"
            "    P = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))\n"
            "    return P / len(Z)",
            "right class",
        ),
        "logits_for_shares": (
            "def gradient(Z, labels):\n    return (Z - np.eye(Z.shape[1])[labels]) / len(Z)",
            "logits themselves",
        ),
        "overflow": (
            "def gradient(Z, labels):\n"
            "    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)\n"
            "    return (P - np.eye(Z.shape[1])[labels]) / len(Z)",
            "overflow",
        ),
    },
)
def _crossentropy(answer: Any) -> None:
    def given(Z: Array, labels: NDArray[np.int64]) -> Any:
        with np.errstate(all="ignore"):
            return called(answer, Z, labels, name="gradient")

    rng = np.random.default_rng(7)
    for n, k in ((4, 3), (3, 3), (1, 5)):
        Z, labels = rng.standard_normal((n, k)), rng.integers(k, size=n)
        onehot = np.equal.outer(labels, range(k))
        logs = _slope(lambda z: np.log(np.exp(z).sum(1)).sum(), Z)
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


@exercise(
    "ch04.backprop",
    title="Back through two layers",
    level=3,
    minutes=30,
    statement=r"""
        A network has a hidden layer with the sigmoid and a linear output:
        $A = \sigma(XW_1 + b_1)$, $\hat Y = AW_2 + b_2$. Its objective is
        $J = \frac1n \sum_i \frac12 \lVert \hat y_i - y_i \rVert^2$. Write
        `gradients(X, Y, W1, b1, W2, b2)`: the gradients of $J$ by `W1`, `b1`, `W2` and `b2`, in
        this order, each in the shape of what it belongs to. Use no loop.
    """,
    stub="""
        def gradients(X, Y, W1, b1, W2, b2):
            return ...  # by W1, by b1, by W2, by b2
    """,
    solution="""
        def gradients(X, Y, W1, b1, W2, b2):
            A = 1 / (1 + np.exp(-(X @ W1 + b1)))
            delta2 = (A @ W2 + b2 - Y) / len(X)
            delta1 = delta2 @ W2.T * A * (1 - A)
            return X.T @ delta1, delta1.sum(axis=0), A.T @ delta2, delta2.sum(axis=0)
    """,
    explanation=r"""
        Start at the output: $\delta_2 = (\hat Y - Y)/n$. Each layer hands back
        $\delta_1 = \delta_2 W_2^\top \odot A \odot (1 - A)$: through the weights, then through the
        slope of the activation, written with the value $A$ that the forward pass kept. A weight's
        gradient is the layer's input, transposed, times its error signal; a bias adds the error
        signals of all examples. The mean is taken once, in $\delta_2$.
    """,
    hints=(
        "First the output: what is the derivative of J by each entry of Ŷ? Mind the 1/n.",
        "Back through the second layer: multiply by W2 transposed, then by A (1 − A).",
        "By W: input.T @ delta. By b: the sum of delta over the examples.",
    ),
    wrong={
        "no_slope": (
            "def gradients(X, Y, W1, b1, W2, b2):\n"
            "    A = 1 / (1 + np.exp(-(X @ W1 + b1)))\n"
            "    d2 = (A @ W2 + b2 - Y) / len(X)\n"
            "    d1 = d2 @ W2.T\n"
            "    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)",
            "slope of the sigmoid",
        ),
        "slope_at_the_output": (
            "def gradients(X, Y, W1, b1, W2, b2):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    A = s(X @ W1 + b1)\n"
            "    d2 = (A @ W2 + b2 - Y) / len(X)\n"
            "    d1 = d2 @ W2.T * s(A) * (1 - s(A))\n"
            "    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)",
            "sigmoid twice",
        ),
        "summed": (
            "def gradients(X, Y, W1, b1, W2, b2):\n"
            "    A = 1 / (1 + np.exp(-(X @ W1 + b1)))\n"
            "    d2 = A @ W2 + b2 - Y\n"
            "    d1 = d2 @ W2.T * A * (1 - A)\n"
            "    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)",
            "divide by n",
        ),
        "mean_twice": (
            "def gradients(X, Y, W1, b1, W2, b2):\n"
            "    A = 1 / (1 + np.exp(-(X @ W1 + b1)))\n"
            "    d2 = (A @ W2 + b2 - Y) / len(X)\n"
            "    d1 = d2 @ W2.T * A * (1 - A)\n"
            "    return X.T @ d1, d1.mean(axis=0), A.T @ d2, d2.mean(axis=0)",
            "twice divided",
        ),
        "turned": (
            "def gradients(X, Y, W1, b1, W2, b2):\n"
            "    A = 1 / (1 + np.exp(-(X @ W1 + b1)))\n"
            "    d2 = (Y - A @ W2 - b2) / len(X)\n"
            "    d1 = d2 @ W2.T * A * (1 - A)\n"
            "    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)",
            "sign",
        ),
    },
)
def _backprop(answer: Any) -> None:
    rng = np.random.default_rng(8)
    names = ("W1", "b1", "W2", "b2")
    for n, d, hidden, k in ((5, 3, 4, 2), (3, 2, 2, 2), (2, 1, 3, 1)):
        shapes = ((n, d), (n, k), (d, hidden), (hidden,), (hidden, k), (k,))
        X, Y, *parameters = (rng.standard_normal(shape) for shape in shapes)
        right, mistaken = _network_slopes(X, Y, parameters)
        got = several(
            called(answer, X, Y, *parameters, name="gradients"),
            tuple(f"by {name}" for name in names),
            name="gradients",
        )
        for i, name in enumerate(names):
            causes = [
                (-right[i], "the sign is turned; start from Ŷ − Y."),
                (right[i] * n, "J is a mean: divide by n."),
            ]
            if name.startswith("b"):
                causes.append((right[i] / n, "it is twice divided by n; add up the error signals."))
            if i < 2:
                causes += [(values[i], words) for values, words in mistaken]
            array(got[i], right[i], causes=causes, name=f"The gradient by {name}")


def _network_slopes(
    X: Array, Y: Array, parameters: list[Array]
) -> tuple[list[Array], list[tuple[list[Array], str]]]:
    """Differentiate the network without back-propagation; also name two mistakes in layer one.

    Returns:
        The gradients by the four parameters, and pairs of the wrong gradients by the first two
        with the mistake that leads to them.
    """

    def hidden(z: Any) -> Any:
        return (1 + np.tanh(z / 2)) / 2

    def objective(values: list[Any]) -> Any:
        W1, b1, W2, b2 = values
        error = np.dot(hidden(np.dot(X, W1) + b1), W2) + b2 - Y
        return np.sum(np.square(error)) / (2 * len(X))

    right = [
        _slope(lambda p, i=i: objective([*parameters[:i], p, *parameters[i + 1 :]]), values)  # type: ignore[misc]
        for i, values in enumerate(parameters)
    ]
    W1, b1, W2, b2 = parameters
    A = hidden(np.dot(X, W1) + b1)
    by_A = _slope(lambda a: np.sum(np.square(np.dot(a, W2) + b2 - Y)) / (2 * len(X)), A)
    twice = by_A / (4 * np.square(np.cosh(A / 2)))
    mistaken = [
        ([np.einsum("ni,nj->ij", X, signal), np.einsum("nj->j", signal)], words)
        for signal, words in (
            (by_A, "the slope of the sigmoid, A (1 − A), is missing."),
            (twice, "that takes the sigmoid twice; A already is its value."),
        )
    ]
    return right, mistaken


@exercise(
    "ch04.attentiongrad",
    title="Back through attention",
    level=3,
    minutes=30,
    statement=r"""
        One head of attention computes $P = \mathrm{softmax}(QK^\top/\sqrt{d_h})$, row by row, and
        $O = PV$. Row $i$ of $Q$, of shape `(t, d)`, is the query of token $i$; `K` has the shape
        `(s, d)` and `V` has `(s, e)`. The forward pass kept `P`, of shape `(t, s)`, and from above
        arrives `G`, with $G = \partial J / \partial O$. Write `query_gradient(P, K, V, G)`:
        $\partial J / \partial Q$.
    """,
    stub="""
        def query_gradient(P, K, V, G):
            return ...  # shape (t, d)
    """,
    solution="""
        def query_gradient(P, K, V, G):
            by_P = G @ V.T
            by_scores = P * (by_P - (P * by_P).sum(axis=1, keepdims=True))
            return by_scores @ K / np.sqrt(len(K.T))
    """,
    explanation=r"""
        Three steps back. Through $O = PV$: $\partial J/\partial P = GV^\top$. Through the softmax,
        whose Jacobian for a row is $\mathrm{diag}(p) - p^\top p$: each score gets its share times
        how much its value beats the weighted average of all, so a row of score gradients sums to
        zero. Through $QK^\top/\sqrt{d_h}$: times $K$, divided by the same root. When one share is
        nearly 1, all of this is nearly 0: a saturated head hardly learns.
    """,
    hints=(
        "Go back through O = P V first: what is the derivative of J by P?",
        "For one row p of the softmax: ∂p_j/∂s_m = p_j (1 if j = m else 0) − p_j p_m.",
        "The scores are Q Kᵀ / √d. Do not forget the root on the way back.",
    ),
    wrong={
        "no_root": (
            "def query_gradient(P, K, V, G):\n"
            "    D = G @ V.T\n"
            "    return (P * (D - (P * D).sum(axis=1, keepdims=True))) @ K",
            "root of d",
        ),
        "width_of_values": (
            "def query_gradient(P, K, V, G):\n"
            "    D = G @ V.T\n"
            "    return (P * (D - (P * D).sum(axis=1, keepdims=True))) @ K / np.sqrt(V.shape[1])",
            "width of the keys",
        ),
        "diagonal": (
            "def query_gradient(P, K, V, G):\n"
            "    return (P * (1 - P) * (G @ V.T)) @ K / np.sqrt(K.shape[1])",
            "only the diagonal",
        ),
        "no_competition": (
            "def query_gradient(P, K, V, G):\n    return (P * (G @ V.T)) @ K / np.sqrt(K.shape[1])",
            "weighted average",
        ),
        "columns": (
            "def query_gradient(P, K, V, G):\n"
            "    D = G @ V.T\n"
            "    S = P * (D - (P * D).sum(axis=0, keepdims=True))\n"
            "    return S @ K / np.sqrt(K.shape[1])",
            "each row of P",
        ),
    },
)
def _attentiongrad(answer: Any) -> None:
    rng = np.random.default_rng(9)
    for t, s, d, e in ((4, 4, 3, 5), (2, 5, 4, 3), (1, 3, 2, 1)):
        Q, K, V, G = (rng.standard_normal(shape) for shape in ((t, d), (s, d), (s, e), (t, e)))

        def weights(q: Any, K: Array = K, d: int = d) -> Any:
            powers = np.exp(np.einsum("td,sd->ts", q, K) / math.sqrt(d))
            return powers / np.einsum("ts->t", powers)[:, None]

        right = _slope(lambda q, V=V, G=G, w=weights: np.einsum("ts,sm,tm->", w(q), V, G), Q)  # type: ignore[misc]
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
