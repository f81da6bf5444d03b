"""Chapter 8, trends and challenges: scaling laws, averages, adapters, verified answers."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises.compare import array, called, number, truth
from companion.exercises.registry import Wrong, exercise


@exercise(
    "ch08.compute-optimal",
    title="Spend a budget",
    level=2,
    minutes=15,
    statement=r"""
        A law says that the loss is $E + A/N^{\alpha} + B/D^{\beta}$, and training costs $C = 6ND$
        operations. Write `best_size(C, A, B, alpha, beta)`: the number of parameters $N$ with the
        lowest loss that a budget of `C` can buy.
    """,
    stub="""
        def best_size(C, A, B, alpha, beta):
            return ...  # your code
    """,
    solution="""
        def best_size(C, A, B, alpha, beta):
            ratio = (alpha * A) / (beta * B)
            return (ratio * (C / 6) ** beta) ** (1 / (alpha + beta))
    """,
    explanation=r"""
        Put $D = C/(6N)$ into the law. The slope in $N$ is zero where
        $\alpha A N^{-\alpha} = \beta B D^{-\beta}$: where one per cent more parameters saves as
        much loss as one per cent more data. So $N$ grows as $C^{\beta/(\alpha+\beta)}$, and $E$
        plays no part.
    """,
    hints=(
        "Write D as C / (6 N). Now the loss depends on N alone.",
        "Set the derivative by log N to zero: alpha A / N^alpha = beta B / D^beta.",
        "Solve for N: N^(alpha + beta) = (alpha A / (beta B)) (C / 6)^beta.",
    ),
    wrong={
        "no_six": (
            "def best_size(C, A, B, alpha, beta):\n"
            "    return ((alpha * A) / (beta * B) * C ** beta) ** (1 / (alpha + beta))",
            "factor 6",
        ),
        "equal_terms": (
            "def best_size(C, A, B, alpha, beta):\n"
            "    return (A / B * (C / 6) ** beta) ** (1 / (alpha + beta))",
            "equal",
        ),
        "exponents_swapped": (
            "def best_size(C, A, B, alpha, beta):\n"
            "    return ((alpha * A) / (beta * B) * (C / 6) ** alpha) ** (1 / (alpha + beta))",
            "alpha / (alpha + beta)",
        ),
        "data_instead": (
            "def best_size(C, A, B, alpha, beta):\n"
            "    N = ((alpha * A) / (beta * B) * (C / 6) ** beta) ** (1 / (alpha + beta))\n"
            "    return C / 6 / N",
            "tokens",
        ),
    },
)
def _compute_optimal(answer: Any) -> None:
    laws = [(1e18, 400.0, 2000.0, 0.35, 0.37), (1e12, 30.0, 5.0, 0.5, 0.3), (6e6, 9.0, 9.0, 1, 1)]
    for C, A, B, a, b in laws:
        low, high = 0.0, float(np.log(C))
        for _ in range(200):  # golden-section search over log N: no calculus
            left, right = low + 0.382 * (high - low), low + 0.618 * (high - low)
            losses = [A * np.exp(-a * x) + B * (C / 6) ** -b * np.exp(b * x) for x in (left, right)]
            low, high = (low, right) if losses[0] < losses[1] else (left, high)
        best = float(np.exp((low + high) / 2))
        # Known slips, as multiples of the right answer.
        power = a + b
        number(
            called(answer, C, A, B, a, b, name="best_size"),
            best,
            causes=[
                (best * 6 ** (b / power), "the factor 6 of C = 6 N D is missing."),
                (
                    best * (b / a) ** (1 / power),
                    "that makes the two terms equal; their slopes should be.",
                ),
                (
                    best * (C / 6) ** ((a - b) / power),
                    "it grows as C^(alpha / (alpha + beta)); a fast fall with N asks for *fewer* "
                    "parameters.",
                ),
                (C / 6 / best, "that is the number of tokens D, not of parameters."),
            ],
            rtol=1e-5,
            name=f"best_size({C:.0e}, …)",
        )


@exercise(
    "ch08.exact-match",
    title="The jump in the metric",
    level=1,
    minutes=8,
    statement="""
        A task counts as solved when `length` steps in a row are all right. Steps fail
        independently, each being right with the same probability. Write
        `needed(length, solved)`: how reliable a single step must be for the share `solved` of the
        tasks to be solved.
    """,
    stub="""
        def needed(length, solved):
            return ...  # your code
    """,
    solution="""
        def needed(length, solved):
            return solved ** (1 / length)
    """,
    explanation=r"""
        $p^k$ must be `solved`, so $p$ is its $k$-th root. For ten steps, the share of solved tasks
        goes from one in a hundred to one half while $p$ goes from `0.63` to `0.93`. A score of
        whole tasks stays near zero and then jumps; the step improved evenly.
    """,
    hints=(
        "Two steps that are each right with probability p: how often are both right?",
        "Solve p^length = solved for p.",
    ),
    wrong={
        "power": ("def needed(length, solved):\n    return solved ** length", "wrong way round"),
        "divided": ("def needed(length, solved):\n    return solved / length", "multiply"),
        "errors_added": (
            "def needed(length, solved):\n    return 1 - (1 - solved) / length",
            "adds the chances of an error",
        ),
    },
)
def _exact_match(answer: Any) -> None:
    for length, share in ((1, Fraction(3, 10)), (2, Fraction(3, 5)), (10, Fraction(9, 10))):
        low, high = 0.0, 1.0
        for _ in range(60):  # bisection on the share of solved tasks
            middle = (low + high) / 2
            solved = float(np.prod(np.full(length, middle)))
            low, high = (middle, high) if solved < share else (low, middle)
        s = float(share)
        number(
            called(answer, length, s, name="needed"),
            low,
            causes=[
                (s**length, "that is the wrong way round: how many tasks such a step solves."),
                (s / length, "chances of steps multiply; they do not divide evenly."),
                (
                    1 - (1 - s) / length,
                    "that adds the chances of an error, a good guess only when they are small.",
                ),
            ]
            if length > 1
            else [],
            name=f"needed({length}, {s})",
        )


@exercise(
    "ch08.weighted-average",
    title="Clients of unequal size",
    level=1,
    minutes=8,
    statement="""
        Write `server_average(models, counts)`. `models` has the shape `(K, P)`: the weights that
        each of K clients sends back. `counts` has the shape `(K,)`: how many examples each client
        has. Give back the average, of shape `(P,)`, in which every *example* weighs the same.
    """,
    stub="""
        def server_average(models, counts):
            return ...  # your code
    """,
    solution="""
        def server_average(models, counts):
            shares = counts / counts.sum()
            return shares @ models
    """,
    explanation="""
        With these weights one full-batch step a client is exactly one step on the pooled data. With
        equal weights, a client with three examples moves the model as much as one with a million.
    """,
    hints=(
        "What should a client with twice the examples count?",
        "Divide the counts by their sum; then take a weighted sum of rows.",
    ),
    wrong={
        "equal": ("def server_average(models, counts):\n    return models.mean(axis=0)", "alike"),
        "a_sum": (
            "def server_average(models, counts):\n    return counts @ models",
            "not divided",
        ),
        "divided_by_clients": (
            "def server_average(models, counts):\n    return counts @ models / len(counts)",
            "not of clients",
        ),
        "inverse": (
            "def server_average(models, counts):\n"
            "    return (1 / counts) @ models / (1 / counts).sum()",
            "small clients",
        ),
    },
)
def _weighted_average(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for counts in ([1, 4, 2], [7, 7], [30, 1, 1, 8]):
        models, sizes = rng.standard_normal((len(counts), 5)), np.array(counts)
        pooled = [m for m, c in zip(models, counts, strict=True) for _ in range(c)]
        expected = np.stack(pooled).mean(axis=0)  # one row an example, all alike
        total = np.stack(pooled).sum(axis=0)
        small = np.average(models, axis=0, weights=[1 / c for c in counts])
        unequal = len(set(counts)) > 1
        array(
            called(answer, models, sizes, name="server_average"),
            expected,
            causes=[
                (total, "that is a sum, not divided by the number of examples."),
                (total / len(counts), "divide by the number of examples, not of clients."),
                *(
                    [
                        (
                            models.sum(axis=0) / len(counts),
                            "all clients count alike; those with more examples should count more.",
                        ),
                        (small, "small clients count more than large ones."),
                    ]
                    if unequal
                    else []
                ),
            ],
            name=f"server_average for counts {counts}",
        )


@exercise(
    "ch08.robust-average",
    title="One client lies",
    level=2,
    minutes=12,
    statement="""
        Write `robust(models, liars)`. `models` has the shape `(K, P)`. For each of the P weights,
        leave out the `liars` smallest and the `liars` largest of the K values, and average the
        rest. No client may be able to move the result outside the range of the honest values.
    """,
    stub="""
        def robust(models, liars):
            return ...  # your code
    """,
    solution="""
        def robust(models, liars):
            ordered = np.sort(models, axis=0)
            return ordered[liars : len(models) - liars].mean(axis=0)
    """,
    explanation="""
        Sorting is done for each weight alone: a liar may be extreme in one weight and honest in
        another. With `liars = 0` this is the mean; with as many as possible, the median. A slice
        that ends at `-liars` would be empty for `liars = 0`.
    """,
    hints=(
        "`np.sort(models, axis=0)` orders each column by itself.",
        "Keep the rows from `liars` to `K - liars`. What does `[0:-0]` give?",
    ),
    wrong={
        "plain_mean": ("def robust(models, liars):\n    return models.mean(axis=0)", "plain mean"),
        "one_side": (
            "def robust(models, liars):\n"
            "    return np.sort(models, axis=0)[: len(models) - liars].mean(axis=0)",
            "smallest values stay",
        ),
        "sorted_across": (
            "def robust(models, liars):\n"
            "    order = np.sort(models, axis=1)\n"
            "    return order[liars : len(models) - liars].mean(axis=0)",
            "each weight by itself",
        ),
        "minus_zero": (
            "def robust(models, liars):\n"
            "    return np.sort(models, axis=0)[liars:-liars].mean(axis=0)",
            "liars = 0",
        ),
    },
)
def _robust_average(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for K, liars in ((5, 1), (7, 3), (6, 0), (4, 1)):
        models = rng.standard_normal((K, 4))
        if liars:
            models[1] = [100.0, -100.0, 50.0, -70.0]
        expected = []
        for column in models.T.tolist():
            for _ in range(liars):
                column.remove(max(column))
                column.remove(min(column))
            expected.append(sum(column) / len(column))
        lowest_stay = np.sort(models, axis=0)[: K - liars].mean(axis=0)
        across = np.sort(models, axis=1)[liars : K - liars].mean(axis=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the mean of nothing
            got = called(answer, models, liars, name="robust")
        if liars == 0 and not np.isfinite(np.asarray(got, dtype=float)).all():
            raise Wrong("For liars = 0 nothing is left: the slice [0:-0] is empty.")
        array(
            got,
            expected,
            causes=[
                (models.mean(axis=0), "that is the plain mean; one liar moves it anywhere."),
                (lowest_stay, "the smallest values stay in; trim both ends."),
                (across, "sort each weight by itself, along the clients (axis 0)."),
            ]
            if liars
            else [],
            name=f"robust for {K} clients and liars = {liars}",
        )


@exercise(
    "ch08.merge-adapter",
    title="Put the adapter into the matrix",
    level=2,
    minutes=12,
    statement=r"""
        An adapter of rank r adds to a frozen layer $x \mapsto xW$ the product of two thin matrices:
        $x \mapsto xW + \frac{s}{r}\,(xA)B$. Write `merge(W, A, B, s)`: the single matrix that does
        the same. `W` has the shape `(a, b)`, `A` `(a, r)` and `B` `(r, b)`.
    """,
    stub="""
        def merge(W, A, B, s):
            return ...  # your code
    """,
    solution="""
        def merge(W, A, B, s):
            return W + (s / len(B)) * (A @ B)
    """,
    explanation=r"""
        $(xA)B = x(AB)$, so the adapter is a matrix like $W$. Merged, it costs nothing when the
        model is used; kept apart, it is $r(a + b)$ numbers for a task instead of $ab$.
    """,
    hints=(
        "A matrix product may be bracketed differently: (x A) B = x (A B).",
        "r is the number of columns of A.",
    ),
    wrong={
        "no_rank": ("def merge(W, A, B, s):\n    return W + s * (A @ B)", "divided by the rank"),
        "no_scale": ("def merge(W, A, B, s):\n    return W + A @ B", "scale"),
        "adapter_only": (
            "def merge(W, A, B, s):\n    return (s / len(B)) * (A @ B)",
            "frozen",
        ),
        "wrong_rank": (
            "def merge(W, A, B, s):\n    return W + (s / len(A)) * (A @ B)",
            "columns of A",
        ),
    },
)
def _merge_adapter(answer: Any) -> None:
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


@exercise(
    "ch08.accepted-answers",
    title="What an accepted answer is worth",
    level=2,
    minutes=12,
    statement="""
        A model proposes answers; each is right with probability `right`, independently. A check
        accepts every right answer, and a wrong one with probability `leak`. The model proposes
        until the check accepts. Write `trust(right, leak)`: the probability that the accepted
        answer is right.
    """,
    stub="""
        def trust(right, leak):
            return ...  # your code
    """,
    solution="""
        def trust(right, leak):
            return right / (right + (1 - right) * leak)
    """,
    explanation=r"""
        Of all proposals, the share $p$ is right and accepted, and $(1 - p)\,\ell$ is wrong and
        accepted. Bayes' rule divides the first by the sum. With a perfect check even a poor model
        gives only right answers; it just takes longer. With a poor check, a model that is rarely
        right is rarely right when accepted, too.
    """,
    hints=(
        "Of a thousand proposals, how many are right and accepted? How many wrong and accepted?",
        "Divide the first by the sum of both.",
    ),
    wrong={
        "one_minus_leak": (
            "def trust(right, leak):\n    return 1 - leak",
            "how often the model is right",
        ),
        "unchanged": ("def trust(right, leak):\n    return right", "without a check"),
        "no_weight": (
            "def trust(right, leak):\n    return right / (right + leak)",
            "only wrong proposals can leak",
        ),
    },
)
def _accepted_answers(answer: Any) -> None:
    cases = [
        (Fraction(1, 5), Fraction(1, 10)),
        (Fraction(1, 2), Fraction(1)),
        (Fraction(3, 4), Fraction(0)),
    ]
    for right, leak in cases:
        # The chance of each length of the search, added up: a geometric series, cut off.
        p, f = right, leak
        rejected, good, bad = Fraction(1), Fraction(0), Fraction(0)
        for _ in range(400):
            good += rejected * p
            bad += rejected * (1 - p) * f
            rejected *= (1 - p) * (1 - f)
            rejected = rejected.limit_denominator(10**15)
        expected, a, b = float(good / (good + bad)), float(right), float(leak)
        causes = [
            (1 - b, "that forgets how often the model is right."),
            (a, "that is the worth of an answer without a check."),
            (a / (a + b), "only wrong proposals can leak: weigh the leak with 1 - right."),
        ]
        number(
            called(answer, a, b, name="trust"),
            expected,
            causes=[c for c in causes if abs(c[0] - expected) > 1e-9],
            rtol=1e-9,
            name=f"trust({a}, {b})",
        )


@exercise(
    "ch08.loop-or-goal",
    title="Round and round, or home?",
    level=3,
    minutes=20,
    statement=r"""
        A boat may sail to the goal, where it arrives after `distance` steps, gets the reward `goal`
        once, and the race ends. Or it may circle for ever, and collect `bonus` at the end of every
        round of `period` steps. A reward that comes in step $t$ counts $\gamma^{t-1}$ times, with
        the discount $0 < \gamma < 1$. Write `circles(goal, distance, bonus, period, discount)`:
        `True` if circling is worth more.
    """,
    stub="""
        def circles(goal, distance, bonus, period, discount):
            return ...  # True or False
    """,
    solution="""
        def circles(goal, distance, bonus, period, discount):
            home = goal * discount ** (distance - 1)
            loop = bonus * discount ** (period - 1) / (1 - discount**period)
            return bool(loop > home)
    """,
    explanation=r"""
        The bonus comes in steps $q, 2q, 3q, \dots$, with $q$ the period: a geometric series,
        $b\,\gamma^{q-1}/(1-\gamma^{q})$. It grows without bound as $\gamma$ nears one. So a patient
        learner prefers the smallest bonus that can be repeated to any prize that ends the game.
    """,
    hints=(
        "The bonus comes in steps period, 2 period, 3 period, …",
        "1 + x + x² + … = 1 / (1 - x), with x = discount^period.",
        "Both rewards lose one factor less than the number of the step in which they come.",
    ),
    wrong={
        "one_round": (
            "def circles(goal, distance, bonus, period, discount):\n"
            "    home = goal * discount ** (distance - 1)\n"
            "    return bool(bonus * discount ** (period - 1) > home)",
            "one round only",
        ),
        "no_discount": (
            "def circles(goal, distance, bonus, period, discount):\n"
            "    return bool(bonus / period * distance > goal)",
            "discount",
        ),
        "every_step": (
            "def circles(goal, distance, bonus, period, discount):\n"
            "    home = goal * discount ** (distance - 1)\n"
            "    return bool(bonus / (1 - discount) > home)",
            "every step",
        ),
        "turned": (
            "def circles(goal, distance, bonus, period, discount):\n"
            "    home = goal * discount ** (distance - 1)\n"
            "    loop = bonus * discount ** (period - 1) / (1 - discount**period)\n"
            "    return bool(loop < home)",
            "turned round",
        ),
    },
)
def _loop_or_goal(answer: Any) -> None:
    def says(*case: float) -> bool:
        return truth(called(answer, *case, name="circles"), name="circles")

    def summed(goal: float, distance: int, bonus: float, period: int, discount: float) -> bool:
        """Add the rewards up, step by step."""
        steps = np.arange(1, 4_001)
        paid = np.where(steps % period == 0, bonus, 0.0) * np.cumprod(
            np.r_[1.0, np.full(len(steps) - 1, discount)]
        )
        home = goal * float(np.prod(np.full(distance - 1, discount)))
        return bool(np.sort(paid).sum() > home)

    if not says(1.0, 3, 100.0, 2, 0.9) and says(100.0, 3, 1.0, 10, 0.5):
        raise Wrong("The comparison is turned round: a huge bonus is worth circling for.")
    rng = np.random.default_rng(0)
    for _ in range(40):
        period, distance = (int(n) for n in rng.integers(1, 12, size=2))
        discount = float(rng.uniform(0.5, 0.99))
        # Near the border between the two, where slips decide.
        series = 1 / sum(discount ** (k * period) for k in range(4_000))
        level = discount ** (distance - period) * series
        for factor in (0.97, 1.03):
            case = (10.0, distance, 10.0 * level * factor, period, discount)
            if says(*case) != summed(*case):
                raise Wrong(_slip(says, *case))


def _slip(says: Any, *case: float) -> str:
    """Name the likely mistake of an answer that is wrong on this case."""
    told = f"For {[round(v, 4) for v in case]} yours says {says(*case)}. "
    if not says(1.0, 3, 0.3, 1, 0.5):
        return told + "The discount seems to play no part."
    if says(1.0, 1, 0.3, 5, 0.9):
        return told + "It counts a bonus in every step; it comes once a period."
    if not says(1.0, 1, 0.9, 1, 0.99):
        return told + "It seems to count one round only; the bonus comes again and again."
    return told + "Check the first step of each reward: step t counts discount^(t - 1)."
