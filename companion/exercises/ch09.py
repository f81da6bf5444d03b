"""Chapter 9, questions: privacy bounds, leaks, averages of clients, error rates, doubling times."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from companion.exercises.compare import array, called, number
from companion.exercises.registry import Wrong, exercise


@exercise(
    "ch09.doubling",
    title="How fast does it double?",
    level=1,
    minutes=5,
    statement="""
        Something grows by the factor `growth` each year. Write `months_to_double(growth)`: after
        how many months it has doubled.
    """,
    stub="""
        def months_to_double(growth):
            return ...  # your code
    """,
    solution="""
        def months_to_double(growth):
            return 12 * np.log(2) / np.log(growth)
    """,
    explanation=r"""
        After $t$ years the factor is $g^t$. From $g^t = 2$ follows $t = \ln 2 / \ln g$ years.
        Growth of 4 to 5 times a year is a doubling every five to six months.
    """,
    hints=("After t years the factor is growth to the power t. When is that 2?",),
    wrong={
        "linear": ("def months_to_double(growth):\n    return 12 * 2 / growth", "multiplies"),
        "share": ("def months_to_double(growth):\n    return 12 / growth", "multiplies"),
        "years": (
            "def months_to_double(growth):\n    return np.log(2) / np.log(growth)",
            "years",
        ),
        "linear_growth": (
            "def months_to_double(growth):\n    return 12 / (growth - 1)",
            "straight line",
        ),
    },
)
def _doubling(answer: Any) -> None:
    for growth in (4.5, 1.2, 4.0):
        years = math.log(2, growth)
        number(
            called(answer, growth, name="months_to_double"),
            12 * years,
            causes=[
                (24 / growth, "growth multiplies from year to year; it does not divide the time."),
                (12 / growth, "growth multiplies from year to year; it does not divide the time."),
                (years, "these are years."),
                (12 / (growth - 1), "that is growth along a straight line; this one multiplies."),
            ],
            unit="months",
            name=f"months_to_double({growth})",
        )


@exercise(
    "ch09.clip",
    title="No one counts for more than the bound",
    level=2,
    minutes=12,
    statement=r"""
        `G` holds one gradient a row, with the shape `(n, d)`. Write `clipped_mean(G, bound)`: first
        shorten each row whose norm $\lVert g \rVert$ is above `bound` to that length, and leave the
        others; then average. No row is zero.
    """,
    stub="""
        def clipped_mean(G, bound):
            return ...  # shape (d,)
    """,
    solution="""
        def clipped_mean(G, bound):
            norms = np.sqrt((G**2).sum(axis=1))
            shares = np.where(norms > bound, bound / norms, 1)
            return shares @ G / len(G)
    """,
    explanation="""
        Whatever one person's data are, they move the mean by at most `2 * bound / n`. Only because
        of this bound does a fixed amount of noise hide each person. Clipping the mean, after the
        average, bounds nothing: one large row has already pulled it.
    """,
    hints=(
        "Each row has its own factor: 1, or bound divided by its norm.",
        "`np.where(norms > bound, …, 1)` gives all factors at once.",
    ),
    wrong={
        "after_the_mean": (
            "def clipped_mean(G, bound):\n"
            "    g = G.mean(axis=0)\n"
            "    return g * min(1, bound / np.linalg.norm(g))",
            "before",
        ),
        "every_entry": (
            "def clipped_mean(G, bound):\n    return np.clip(G, -bound, bound).mean(axis=0)",
            "direction",
        ),
        "all_to_the_bound": (
            "def clipped_mean(G, bound):\n"
            "    norms = np.linalg.norm(G, axis=1)\n"
            "    return (G * (bound / norms)[:, None]).mean(axis=0)",
            "short rows",
        ),
        "not_at_all": ("def clipped_mean(G, bound):\n    return G.mean(axis=0)", "no row"),
    },
)
def _clip(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for bound in (1.0, 2.5):
        G = rng.normal(0, 1, (7, 4)) * np.array([0.1, 0.3, 5, 1, 0.2, 8, 2])[:, None]
        right = np.zeros(4)
        for row in G:
            length = math.sqrt(math.fsum(v * v for v in row))
            right += row / 7 if length <= bound else row * bound / length / 7
        mean = G.sum(axis=0) / 7
        whole = np.array([row / math.hypot(*row) * bound for row in G]).sum(axis=0) / 7
        array(
            called(answer, G, bound, name="clipped_mean"),
            right,
            causes=[
                (mean, "no row was shortened."),
                (mean * min(1.0, bound / math.hypot(*mean)), "shorten each row before averaging."),
                (
                    G.clip(-bound, bound).sum(axis=0) / 7,
                    "cutting single entries changes a row's direction; scale the whole row.",
                ),
                (whole, "short rows are to be left as they are."),
            ],
            name="clipped_mean(G, bound)",
        )


@exercise(
    "ch09.bound",
    title="How well can anyone tell?",
    level=3,
    minutes=20,
    statement=r"""
        A training run is $(\varepsilon, \delta)$-private. Someone tests whether your record was in
        the data, and is wrong about a share `fpr` of those who were not. Write
        `most_found(epsilon, delta, fpr)`: the largest share of those who were in that any such test
        can find. The promise also holds with the two worlds exchanged, and for the test's opposite
        answer.
    """,
    stub="""
        def most_found(epsilon, delta, fpr):
            return ...  # between 0 and 1
    """,
    solution="""
        def most_found(epsilon, delta, fpr):
            first = np.exp(epsilon) * fpr + delta
            second = 1 - np.exp(-epsilon) * (1 - delta - fpr)
            return min(first, second, 1)
    """,
    explanation=r"""
        The promise says $\mathrm{TPR} \le e^\varepsilon\,\mathrm{FPR} + \delta$. For the opposite
        answer with the worlds exchanged it says $1 - \mathrm{FPR} \le e^\varepsilon (1 -
        \mathrm{TPR}) + \delta$, which is $\mathrm{TPR} \le 1 - e^{-\varepsilon}(1 - \delta -
        \mathrm{FPR})$. At a small false-positive rate the first one binds, at a large one the
        second. At $\varepsilon = 8$ neither says much.
    """,
    hints=(
        "The definition gives TPR ≤ e^ε · FPR + δ at once.",
        "Now write it for the answer 'was not in': 1 − FPR ≤ e^ε · (1 − TPR) + δ. Solve for TPR.",
        "The smaller of the two bounds holds, and no share is above 1.",
    ),
    wrong={
        "one_side": (
            "def most_found(epsilon, delta, fpr):\n"
            "    return min(1, np.exp(epsilon) * fpr + delta)",
            "exchanged",
        ),
        "no_delta": (
            "def most_found(epsilon, delta, fpr):\n"
            "    return min(np.exp(epsilon) * fpr, 1 - np.exp(-epsilon) * (1 - fpr), 1)",
            "δ",
        ),
        "not_capped": (
            "def most_found(epsilon, delta, fpr):\n    return np.exp(epsilon) * fpr + delta",
            "above 1",
        ),
        "epsilon_itself": (
            "def most_found(epsilon, delta, fpr):\n"
            "    return min(epsilon * fpr + delta, 1 - (1 - delta - fpr) / epsilon, 1)",
            "e^ε",
        ),
    },
)
def _bound(answer: Any) -> None:
    grid = np.linspace(0, 1, 200_001)
    for epsilon, delta, fpr in product((0.5, 1.26, 3.0), (0.0, 0.01), (0.01, 0.3, 0.9, 1.0)):
        factor = math.exp(epsilon)
        # Of all shares keep those that break neither promise, and take the largest.
        allowed = (grid <= factor * fpr + delta) & (1 - fpr <= factor * (1 - grid) + delta + 1e-12)
        value = called(answer, epsilon, delta, fpr, name="most_found")
        one_side = factor * fpr + delta
        number(
            value,
            float(grid[allowed].max()),
            causes=[
                (
                    one_side,
                    "that share is above 1."
                    if one_side > 1
                    else "the promise also holds with the two worlds exchanged.",
                ),
                (1.0, "the promise also holds with the two worlds exchanged."),
                (min(factor * fpr, 1 - (1 - fpr) / factor), "δ is missing."),
                (
                    min(epsilon * fpr + delta, 1 - (1 - delta - fpr) / epsilon, 1),
                    "the factor is e^ε, not ε.",
                ),
            ],
            rtol=0,
            atol=6e-6,
            name=f"most_found({epsilon}, {delta}, {fpr})",
        )


@exercise(
    "ch09.leak",
    title="Read the input from the gradient",
    level=2,
    minutes=12,
    statement="""
        A client sends the gradients of one dense layer for one example: `dW`, of shape `(d, k)`,
        and `db`, of shape `(k,)`. The layer computes `x @ W + b`. Write `recover(dW, db)`: the
        input `x`, of shape `(d,)`, that the client wanted to keep to itself. Some entries of `db`
        may be zero, not all.
    """,
    stub="""
        def recover(dW, db):
            return ...  # shape (d,)
    """,
    solution="""
        def recover(dW, db):
            unit = np.argmax(np.abs(db))
            return dW[:, unit] / db[unit]
    """,
    explanation=r"""
        With $g$ for the derivatives by the layer's outputs, $\partial J/\partial W = x^\top g$ and
        $\partial J/\partial b = g$. So each column of `dW` is the input times one number, and `db`
        holds that number. One unit that is not silent is enough. The largest is the safest in
        floating point.
    """,
    hints=(
        "The gradient by W is the outer product of x and the gradient by the outputs.",
        "And the gradient by b is that gradient itself. Which division gives x?",
    ),
    wrong={
        "first_unit": ("def recover(dW, db):\n    return dW[:, 0] / db[0]", "zero"),
        "rows": (
            "def recover(dW, db):\n"
            "    unit = np.argmax(np.abs(db))\n    return dW[unit] / db[unit]",
            "column",
        ),
        "mean": ("def recover(dW, db):\n    return dW.mean(axis=1)", "divide"),
        "signless": (
            "def recover(dW, db):\n"
            "    unit = np.argmax(np.abs(db))\n    return dW[:, unit] / np.abs(db[unit])",
            "sign",
        ),
    },
)
def _leak(answer: Any) -> None:
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


@exercise(
    "ch09.average",
    title="Average the clients",
    level=1,
    minutes=8,
    statement="""
        `models` holds the weights of several clients, one a row, with the shape `(clients, d)`;
        `counts` holds how many examples each has. Write `federated(models, counts)`: the weights of
        federated averaging, in which every *example* counts the same. (Chapter 8 asks it too; try
        it from memory.)
    """,
    stub="""
        def federated(models, counts):
            return ...  # shape (d,)
    """,
    solution="""
        def federated(models, counts):
            shares = counts / np.sum(counts)
            return shares @ models
    """,
    explanation="""
        A client with many examples stands for many people, so its model gets a share in proportion.
        The plain mean would let a client with ten examples pull as hard as one with ten thousand.
    """,
    hints=("The share of a client is its count divided by all.",),
    wrong={
        "plain": (
            "def federated(models, counts):\n    return models.mean(axis=0)",
            "every client",
        ),
        "not_divided": ("def federated(models, counts):\n    return counts @ models", "add up"),
        "by_clients": (
            "def federated(models, counts):\n    return counts @ models / len(counts)",
            "add up",
        ),
        "softmaxed": (
            "def federated(models, counts):\n"
            "    shares = counts ** 2 / np.sum(counts ** 2)\n    return shares @ models",
            "not right",
        ),
    },
)
def _average(answer: Any) -> None:
    rng = np.random.default_rng(0)
    models, counts = rng.normal(0, 1, (4, 3)), np.array([10, 200, 30, 1])
    # One row an example: then the plain mean is the right one.
    every = np.repeat(models, counts, axis=0)
    got = called(answer, models, counts, name="federated")
    if np.shape(got) == (3,) and np.allclose(got, np.square(counts) @ models / 41_001):
        raise Wrong("The shares are not right: they go with the counts, not with their squares.")
    array(
        got,
        every.sum(axis=0) / len(every),
        causes=[
            (models.sum(axis=0) / 4, "here every client counts the same, not every example."),
            (every.sum(axis=0), "the shares must add up to one."),
            (every.sum(axis=0) / 4, "the shares must add up to one."),
        ],
        name="federated(models, counts)",
    )


@exercise(
    "ch09.rates",
    title="The rate that must follow",
    level=2,
    minutes=15,
    statement=r"""
        In a group a share `p` is truly positive. A test has the predictive value `ppv` (the share
        of true ones among its positives) and misses a share `fnr` of the truly positive. Write
        `false_positive_rate(p, ppv, fnr)`: the share of the truly negative that it calls positive.
        (Chapter 1 asks it in other words; try it from memory.)
    """,
    stub="""
        def false_positive_rate(p, ppv, fnr):
            return ...  # your code
    """,
    solution="""
        def false_positive_rate(p, ppv, fnr):
            found = p * (1 - fnr)
            false = found * (1 - ppv) / ppv
            return false / (1 - p)
    """,
    explanation=r"""
        Of one person, $p(1 - \mathrm{FNR})$ is found. The predictive value says how many false
        alarms stand beside them: $(1 - \mathrm{PPV})/\mathrm{PPV}$ each. Divide by the $1 - p$ who
        could be false alarms. So two groups with different $p$ and the same PPV and FNR have
        different false positive rates, whatever the algorithm is.
    """,
    hints=(
        "Think of a hundred people. How many true positives are there?",
        "PPV = true positives / all positives. How many false ones follow?",
        "The rate is among the truly negative, so divide by 1 − p.",
    ),
    wrong={
        "among_all": (
            "def false_positive_rate(p, ppv, fnr):\n    return p * (1 - fnr) * (1 - ppv) / ppv",
            "among the truly negative",
        ),
        "one_minus_ppv": (
            "def false_positive_rate(p, ppv, fnr):\n    return 1 - ppv",
            "among the positives",
        ),
        "missed_instead": (
            "def false_positive_rate(p, ppv, fnr):\n    return p * fnr * (1 - ppv) / ppv / (1 - p)",
            "missed",
        ),
        "odds_turned": (
            "def false_positive_rate(p, ppv, fnr):\n"
            "    return (1 - p) / p * (1 - ppv) / ppv * (1 - fnr)",
            "odds",
        ),
    },
)
def _rates(answer: Any) -> None:
    # Whole tables of people: true and false positives, false and true negatives.
    for tp, fp, fn, tn in ((1369, 805, 532, 990), (505, 349, 461, 1139), (9, 3, 1, 87)):
        people = tp + fp + fn + tn
        p, ppv, fnr = (tp + fn) / people, tp / (tp + fp), fn / (tp + fn)
        odds_turned = (tn + fp) / (tp + fn) * fp / tp * tp / (tp + fn)
        number(
            called(answer, p, ppv, fnr, name="false_positive_rate"),
            fp / (fp + tn),
            causes=[
                (
                    fp / people,
                    "that is the share among all; wanted is that among the truly negative.",
                ),
                (fp / (tp + fp), "that is the share among the positives of the test."),
                (
                    fn * fp / tp / (fp + tn),
                    "that starts from the missed ones; start from the found.",
                ),
                (odds_turned, "the odds of the group are turned round."),
            ],
            name=f"false_positive_rate({p:.3f}, {ppv:.3f}, {fnr:.3f})",
        )
