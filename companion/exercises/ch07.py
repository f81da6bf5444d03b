"""Chapter 7, tools: check digits, array calls, number formats, prices, two algorithms."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from companion.compute import Hardware, training_flops
from companion.exercises.compare import array, called, choice, number, several
from companion.exercises.registry import Wrong, exercise

Array = NDArray[np.float64]


@exercise(
    "ch07.isbn",
    title="The last digit",
    level=1,
    minutes=8,
    statement="""
        Write `check_digit(first)`: the last digit of an ISBN of thirteen digits, from the string of
        its first twelve. The digits, weighted 1, 3, 1, 3, … and so on to the last, add up to a
        multiple of ten. Return a whole number from 0 to 9.
    """,
    stub="""
        def check_digit(first):
            return ...  # your code
    """,
    solution="""
        def check_digit(first):
            return -sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(first)) % 10
    """,
    explanation="""
        The thirteenth digit has the weight 1, so it is what the others lack to the next multiple of
        ten: minus their sum, modulo ten. In Python `%` gives a result from 0 to 9 also for negative
        numbers. A single wrong digit changes the sum by 1 to 9 times 1 or 3, and never by a
        multiple of ten, so it is always noticed.
    """,
    hints=(
        "What is the weighted sum of the first twelve, and how far is it from a multiple of ten?",
        "`-7 % 10` is 3 in Python.",
    ),
    wrong={
        "ten": (
            "def check_digit(first):\n"
            "    total = sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(first))\n"
            "    return 10 - total % 10",
            "no digit 10",
        ),
        "weights_swapped": (
            "def check_digit(first):\n"
            "    return -sum(int(d) * (3, 1)[i % 2] for i, d in enumerate(first)) % 10",
            "first digit has the weight 1",
        ),
        "no_weights": (
            "def check_digit(first):\n    return -sum(int(d) for d in first) % 10",
            "weighted",
        ),
        "sum_itself": (
            "def check_digit(first):\n"
            "    return sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(first)) % 10",
            "lacks to the next multiple",
        ),
    },
)
def _isbn(answer: Any) -> None:
    for first in ("978711548876", "978026203561", "978000000000", "123456789012", "000000000000"):
        weighted = sum(map(int, first[::2])) + 3 * sum(map(int, first[1::2]))
        right = next(digit for digit in range(10) if (weighted + digit) % 10 == 0)
        swapped = sum(map(int, first[::2])) * 3 + sum(map(int, first[1::2]))
        number(
            called(answer, first, name="check_digit"),
            right,
            causes=[
                (10, "there is no digit 10; when nothing is missing it is 0."),
                (-swapped % 10, "the first digit has the weight 1, the second 3."),
                (-sum(map(int, first)) % 10, "the digits are to be weighted 1, 3, 1, 3, …"),
                (
                    -right % 10,
                    "that is the sum modulo ten; wanted is what it lacks to the next multiple.",
                ),
            ],
            name=f"check_digit({first!r})",
        )


@exercise(
    "ch07.distances",
    title="All distances, no loop",
    level=2,
    minutes=15,
    statement="""
        `A` holds `n` points and `B` holds `m`, one a row, with the same number of columns. Write
        `distances(A, B)`: the **squared** distance of each point of `A` to each of `B`, with the
        shape `(n, m)`. Use array operations only: a loop over pairs is too slow to pass.
    """,
    stub="""
        def distances(A, B):
            return ...  # shape (n, m)
    """,
    solution="""
        def distances(A, B):
            differences = A[:, None] - B[None]
            squares = differences**2
            return squares.sum(axis=-1)
    """,
    explanation=r"""
        `A[:, None]` has the shape `(n, 1, d)` and `B[None]` has `(1, m, d)`; NumPy stretches the
        axes of length 1, and the difference is `(n, m, d)`. When that is too large for the memory,
        use $\lVert a - b \rVert^2 = \lVert a \rVert^2 + \lVert b \rVert^2 - 2\,a\,b^\top$: one
        matrix product, no third axis, and a few digits less.
    """,
    hints=(
        "Give A a middle axis of length 1, and B a first one. What shape has their difference?",
        "Then square, and add up over the last axis.",
    ),
    wrong={
        "loop": (
            "def distances(A, B):\n"
            "    return np.array([[((a - b) ** 2).sum() for b in B] for a in A])",
            "loop",
        ),
        "rooted": (
            "def distances(A, B):\n    return np.sqrt(((A[:, None] - B[None]) ** 2).sum(axis=2))",
            "squared",
        ),
        "turned": (
            "def distances(A, B):\n    return ((A[:, None] - B[None]) ** 2).sum(axis=2).T",
            "transposed",
        ),
        "no_square": (
            "def distances(A, B):\n    return np.abs(A[:, None] - B[None]).sum(axis=2)",
            "absolute",
        ),
    },
)
def _distances(answer: Any) -> None:
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((5, 3)), rng.standard_normal((4, 3))
    plain = cdist(A, B)
    array(
        called(answer, A, B, name="distances"),
        cdist(A, B, "sqeuclidean"),
        causes=[
            (plain, "these are the distances; wanted are the squared ones."),
            (cdist(A, B, "cityblock"), "these are sums of absolute differences; square first."),
        ],
        name="distances(A, B)",
    )
    many = rng.standard_normal((600, 8))
    begin = time.process_time()
    called(answer, many, many, name="distances")
    if time.process_time() - begin > 0.4:
        raise Wrong("Right, but slow: that is a loop over pairs. Let one array operation do it.")


@exercise(
    "ch07.integers",
    title="The smallest type that holds them",
    level=1,
    minutes=10,
    statement="""
        A column holds whole numbers from `low` to `high`. Write `smallest_type(low, high)`: the
        name of the NumPy type with the fewest bytes that holds them all: `"uint8"` to `"uint64"`
        when none is negative, otherwise `"int8"` to `"int64"`.
    """,
    stub="""
        def smallest_type(low, high):
            return ...  # such as "int16"
    """,
    solution="""
        def smallest_type(low, high):
            for bits in (8, 16, 32, 64):
                if low < 0 and low >= -(2 ** (bits - 1)) and high < 2 ** (bits - 1):
                    return f"int{bits}"
                if low >= 0 and high < 2**bits:
                    return f"uint{bits}"
    """,
    explanation="""
        `b` bits have $2^b$ patterns. Without a sign they count from 0 to $2^b - 1$; with a sign,
        half of them are negative: from $-2^{b-1}$ to $2^{b-1} - 1$. The two borders differ by one,
        because zero takes the place of a positive number. NumPy does not warn when a sum leaves the
        range of its type: it wraps round.
    """,
    hints=(
        "How many patterns do 8 bits have? How many of them are negative in `int8`?",
        "`int8` reaches from −128 to 127: one more below than above.",
    ),
    wrong={
        "always_signed": (
            "def smallest_type(low, high):\n"
            "    for bits in (8, 16, 32, 64):\n"
            "        if low >= -(2 ** (bits - 1)) and high < 2 ** (bits - 1):\n"
            "            return f'int{bits}'",
            "no negative",
        ),
        "one_too_far": (
            "def smallest_type(low, high):\n"
            "    for bits in (8, 16, 32, 64):\n"
            "        if low < 0 and low >= -(2 ** (bits - 1)) and high <= 2 ** (bits - 1):\n"
            "            return f'int{bits}'\n"
            "        if low >= 0 and high <= 2 ** bits:\n"
            "            return f'uint{bits}'",
            "does not hold",
        ),
        "forgets_the_sign_bit": (
            "def smallest_type(low, high):\n"
            "    for bits in (8, 16, 32, 64):\n"
            "        if max(-low, high) < 2 ** bits:\n"
            "            return f'int{bits}' if low < 0 else f'uint{bits}'",
            "does not hold",
        ),
        "too_large": (
            "def smallest_type(low, high):\n    return 'int64' if low < 0 else 'uint64'",
            "smaller",
        ),
    },
)
def _integers(answer: Any) -> None:
    names = [f"{sign}int{bits}" for bits in (8, 16, 32, 64) for sign in ("u", "")]
    edges = [2**b for b in (7, 8, 15, 16, 31, 32)]
    ranges = [(0, e + s) for e in edges for s in (-1, 0)] + [(0, 0), (5, 300), (-1, 2**62)]
    ranges += [(-1, e + s) for e in edges for s in (-1, 0)] + [
        (-e - s, 0) for e in edges for s in (0, 1)
    ]
    for low, high in ranges:
        fits = [n for n in names if np.iinfo(n).min <= low and high <= np.iinfo(n).max]
        right = next(n for n in fits if n.startswith("u") == (low >= 0))
        causes = {}
        for name in names:
            if name not in fits:
                causes[name] = f"{name} does not hold all from {low} to {high}."
            elif name.startswith("u") != (low >= 0):
                causes[name] = "there is no negative number here: take an unsigned type."
            elif name != right:
                causes[name] = f"a smaller type holds all from {low} to {high}."
        value = called(answer, low, high, name="smallest_type")
        choice(value, right, causes, name=f"smallest_type({low}, {high})")


@exercise(
    "ch07.rent",
    title="What will the run cost?",
    level=1,
    minutes=10,
    statement="""
        Write `rent(parameters, tokens, peak, utilisation, devices, price)`: the days that a
        training run takes, and its price, as two numbers. Each parameter and token takes six
        operations. A device promises `peak` operations a second and reaches the share
        `utilisation` of them; it costs `price` for an hour.
    """,
    stub="""
        def rent(parameters, tokens, peak, utilisation, devices, price):
            return ...  # days, price
    """,
    solution="""
        def rent(parameters, tokens, peak, utilisation, devices, price):
            seconds = 6 * parameters * tokens / (peak * utilisation)
            return seconds / devices / 86400, seconds / 3600 * price
    """,
    explanation=r"""
        All operations divided by what one device really does a second gives the seconds of one
        device. More devices divide the days, not the price: $n$ devices cost $n$ times as much for
        an $n$-th of the time. In practice the price even rises, because the utilisation falls.
    """,
    hints=(
        "First the seconds that one device alone would need.",
        "Do more devices change the price?",
    ),
    wrong={
        "forward_only": (
            "def rent(parameters, tokens, peak, utilisation, devices, price):\n"
            "    seconds = 2 * parameters * tokens / (peak * utilisation)\n"
            "    return seconds / devices / 86400, seconds / 3600 * price",
            "forward",
        ),
        "peak_reached": (
            "def rent(parameters, tokens, peak, utilisation, devices, price):\n"
            "    seconds = 6 * parameters * tokens / peak\n"
            "    return seconds / devices / 86400, seconds / 3600 * price",
            "utilisation",
        ),
        "one_device_paid": (
            "def rent(parameters, tokens, peak, utilisation, devices, price):\n"
            "    seconds = 6 * parameters * tokens / (peak * utilisation) / devices\n"
            "    return seconds / 86400, seconds / 3600 * price",
            "every device",
        ),
        "hours": (
            "def rent(parameters, tokens, peak, utilisation, devices, price):\n"
            "    seconds = 6 * parameters * tokens / (peak * utilisation)\n"
            "    return seconds / devices / 3600, seconds / 3600 * price",
            "hours",
        ),
    },
)
def _rent(answer: Any) -> None:
    for case in ((1.24e8, 2.5e9, 9.9e14, 0.35, 64, 2.0), (7e10, 1.4e12, 3e14, 0.5, 1000, 1.5)):
        parameters, tokens, peak, utilisation, devices, price = case
        machine = Hardware(
            name="x", peak_flops=peak, utilisation=utilisation, devices=devices, price=price
        )
        run = machine.run(training_flops(parameters, tokens))
        days = run.seconds / 86_400
        value = called(answer, *case, name="rent")
        value = several(value, ("days", "price"), name="rent")
        number(
            value[0],
            days,
            causes=[
                (days / 3, "that is the forward pass alone; six operations include the backward."),
                (days * utilisation, "no device reaches its peak: divide by the utilisation too."),
                (days * 24, "these are hours."),
            ],
            unit="days",
            name="The time",
        )
        causes = [(run.cost / devices, "every device is paid, not only one.")]
        number(value[1], run.cost, causes=causes, name="The price")


@exercise(
    "ch07.shrink",
    title="Shrink towards zero",
    level=2,
    minutes=15,
    statement=r"""
        Write `shrink(x, k)`: for each number of the array `x` the $z$ that makes
        $k\,|z| + \tfrac12 (z - x)^2$ smallest; `k` is at least 0. This is the step that makes ADMM
        set weights to exactly zero.
    """,
    stub="""
        def shrink(x, k):
            return ...  # same shape as x
    """,
    solution="""
        def shrink(x, k):
            return (np.abs(x) > k) * (x - k * np.sign(x))
    """,
    explanation=r"""
        For $z > 0$ the derivative is $k + z - x$, which is zero at $z = x - k$, if that is
        positive. For $z < 0$ it is zero at $x + k$. In between, $|x| \le k$, the corner of $|z|$ at
        zero wins. So every number moves by $k$ towards zero and stops there: *soft thresholding*.
    """,
    hints=(
        "Take z > 0 and set the derivative to zero. When is the result really positive?",
        "The answer moves every x by k towards zero, and never across it.",
    ),
    wrong={
        "hard": (
            "def shrink(x, k):\n    return np.where(np.abs(x) > k, x, 0.0)",
            "does not move",
        ),
        "crosses_zero": (
            "def shrink(x, k):\n    return x - k * np.sign(x)",
            "across zero",
        ),
        "one_side": (
            "def shrink(x, k):\n    return np.maximum(x - k, 0)",
            "negative",
        ),
        "clipped": (
            "def shrink(x, k):\n    return np.clip(x, -k, k)",
            "what was taken away",
        ),
    },
)
def _shrink(answer: Any) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([[0.0, 1.0, -1.0, 0.3, -0.3, 4.0, -4.0], rng.normal(0, 2, 20)])
    for k in (1.0, 0.5, 0.0):
        cut = x.clip(-k, k)
        array(
            called(answer, x, k, name="shrink"),
            x - cut,
            causes=[]
            if k == 0
            else [
                (x * (abs(x) > k), "a large number is kept; it does not move. Is it the minimum?"),
                (x - k * np.sign(x), "a small number is moved across zero; it should stop there."),
                (np.where(x > 0, x - cut, 0), "negative numbers move towards zero too."),
                (cut, "that is what was taken away, not what is left."),
            ],
            name=f"shrink(x, {k})",
        )
    # The grid knows nothing of the formula: no z may be better.
    z = np.linspace(-5, 5, 2001)
    best = np.asarray(called(answer, x, 0.7, name="shrink"))
    value = 0.7 * np.abs(best) + (best - x) ** 2 / 2
    if (value > (0.7 * np.abs(z) + (z - x[:, None]) ** 2 / 2).min(axis=1) + 1e-9).any():
        raise Wrong("For k = 0.7 some other z makes the sum smaller.")


def _by_bisection(v: Array, radius: float) -> Array:
    """Project on the l1 ball by searching the shift that leaves the right sum."""
    if np.abs(v).sum() <= radius:
        return v.copy()
    low, high = 0.0, float(np.abs(v).max())
    for _ in range(200):
        middle = (low + high) / 2
        left = np.abs(v - v.clip(-middle, middle)).sum()
        low, high = (middle, high) if left > radius else (low, middle)
    nearest: Array = v - np.clip(v, -high, high)
    return nearest


@exercise(
    "ch07.projection",
    title="The paper behind the wrong authors",
    level=3,
    minutes=30,
    statement=r"""
        Write `project(v, radius)`: the point $w$ nearest to the vector `v` with
        $\sum_i |w_i| \le$ `radius`. This is the algorithm that the four authors really published:
        sort the sizes $u_1 \ge u_2 \ge \dots$, find the largest $j$ with
        $u_j > (\sum_{i \le j} u_i - r)/j$, and shrink all by that fraction.
    """,
    stub="""
        def project(v, radius):
            return ...  # same shape as v
    """,
    solution="""
        def project(v, radius):
            if np.abs(v).sum() <= radius:
                return v.copy()
            u = np.sort(np.abs(v))[::-1]
            shifts = (np.cumsum(u) - radius) / np.arange(1, len(u) + 1)
            shift = shifts[u > shifts][-1]
            return np.sign(v) * np.maximum(np.abs(v) - shift, 0)
    """,
    explanation=r"""
        The nearest point is $v$ with every size shrunk by one common shift $\theta$, as the
        exercise before shows: $\theta$ is the price $k$ of the bound. If $j$ entries survive, their
        sum gives $\theta = (\sum_{i \le j} u_i - r)/j$. The largest $j$ whose own entry survives
        is the right one. Sorting makes it $n \log n$.
    """,
    hints=(
        "A point inside the ball is its own projection.",
        "`np.sort(np.abs(v))[::-1]` and `np.cumsum` give all fractions at once.",
        "Take the last fraction that is below its own u, and shrink by it.",
    ),
    wrong={
        "scaled": (
            "def project(v, radius):\n    return v * min(1, radius / np.abs(v).sum())",
            "scal",
        ),
        "always_on_the_border": (
            "def project(v, radius):\n"
            "    u = np.sort(np.abs(v))[::-1]\n"
            "    shifts = (np.cumsum(u) - radius) / np.arange(1, len(u) + 1)\n"
            "    shift = shifts[u > shifts][-1]\n"
            "    return np.sign(v) * np.maximum(np.abs(v) - shift, 0)",
            "inside",
        ),
        "first_fraction": (
            "def project(v, radius):\n"
            "    if np.abs(v).sum() <= radius:\n        return v.copy()\n"
            "    u = np.sort(np.abs(v))[::-1]\n"
            "    shifts = (np.cumsum(u) - radius) / np.arange(1, len(u) + 1)\n"
            "    return np.sign(v) * np.maximum(np.abs(v) - shifts[0], 0)",
            "largest entry alone",
        ),
        "sign_lost": (
            "def project(v, radius):\n"
            "    if np.abs(v).sum() <= radius:\n        return v.copy()\n"
            "    u = np.sort(np.abs(v))[::-1]\n"
            "    shifts = (np.cumsum(u) - radius) / np.arange(1, len(u) + 1)\n"
            "    return np.maximum(np.abs(v) - shifts[u > shifts][-1], 0)",
            "sign",
        ),
    },
)
def _projection(answer: Any) -> None:
    rng = np.random.default_rng(1)
    inside = np.array([0.2, -0.3, 0.1])
    kept = np.asarray(called(answer, inside, 1.0, name="project"))
    if kept.shape == inside.shape and not np.allclose(kept, inside):
        raise Wrong("A point inside the ball must stay where it is; yours moved it.")
    for v, radius in ((np.array([3.0, -2.0, 0.5, 0.1]), 2.0), (rng.normal(0, 3, 12), 5.0)):
        right = _by_bisection(v, radius)
        alone = np.sign(v) * np.maximum(np.abs(v) - np.abs(v).max() + radius, 0)
        array(
            called(answer, v, radius, name="project"),
            right,
            causes=[
                (
                    v * radius / np.abs(v).sum(),
                    "scaling ends on the ball, but not at the nearest point of it.",
                ),
                (alone, "that fraction is for the largest entry alone; go on to the last j."),
                (np.abs(right), "every entry keeps its sign."),
            ],
            name="project(v, radius)",
        )
    border = np.array([0.5, -0.5])
    array(called(answer, border, 1.0, name="project"), border, name="project of a border point")
