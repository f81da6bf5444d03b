"""Chapter 3, compressing and serving: steps, masks, sparse bytes, soft targets, batches."""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import numpy as np

from companion.exercises.compare import array, called, number
from companion.exercises.registry import Wrong, exercise


@exercise(
    "ch03.quantise",
    title="Round to 256 steps",
    level=2,
    minutes=12,
    statement=r"""
        Write `quantise(x, low, high)`: each value of `x`, shape `(n,)`, as a whole number from
        `-128` to `127`. The number `low` becomes `-128` and `high` becomes `127`; what lies
        between goes to the nearest of the equal steps, and what lies outside is clipped. Return
        whole numbers (any integer type).
    """,
    stub="""
        def quantise(x, low, high):
            return ...  # shape (n,)
    """,
    solution="""
        def quantise(x, low, high):
            step = (high - low) / 255
            q = np.round((x - low) / step) - 128
            return np.clip(q, -128, 127).astype(int)
    """,
    explanation=r"""
        256 values have 255 steps between them, so $\Delta = (\mathrm{high} - \mathrm{low})/255$.
        Rounding moves a value by at most $\Delta/2$. Clip *before* the conversion to `int8`: a
        conversion alone wraps around, and 128 becomes -128.
    """,
    hints=(
        "How many steps lie between -128 and 127?",
        "Divide the distance from `low` by the size of a step, round, then shift by 128.",
        "`np.round` rounds; a conversion to whole numbers cuts off.",
    ),
    wrong={
        "steps_256": (
            "def quantise(x, low, high):\n"
            "    q = np.round((x - low) / ((high - low) / 256)) - 128\n"
            "    return np.clip(q, -128, 127).astype(int)",
            "255 steps",
        ),
        "cut_off": (
            "def quantise(x, low, high):\n"
            "    q = np.floor((x - low) / ((high - low) / 255)) - 128\n"
            "    return np.clip(q, -128, 127).astype(int)",
            "rounds down",
        ),
        "no_clipping": (
            "def quantise(x, low, high):\n"
            "    return (np.round((x - low) / ((high - low) / 255)) - 128).astype(int)",
            "clipped",
        ),
        "from_zero": (
            "def quantise(x, low, high):\n"
            "    q = np.round(x / ((high - low) / 255))\n"
            "    return np.clip(q, -128, 127).astype(int)",
            "`low` should become -128",
        ),
        "floats": (
            "def quantise(x, low, high):\n"
            "    step = (high - low) / 255\n"
            "    return np.clip((x - low) / step - 128, -128, 127)",
            "whole numbers",
        ),
    },
)
def _quantise(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for low, high in ((-1.0, 1.0), (0.0, 6.0), (-3.0, -0.5)):
        grid = np.linspace(low, high, 256)  # the values that steps stand for
        width = high - low
        x = np.concatenate([rng.uniform(low - width, high + width, 300), [low, high]])
        got = np.asarray(called(answer, x, low, high, name="quantise"))
        if got.dtype.kind not in "iu":
            raise Wrong(f"quantise should return whole numbers; it returned {got.dtype}.")
        inside = (x >= low) & (x <= high)
        # Another way to the nearest step: look at every one.
        nearest = np.abs(x[:, None] - grid).argmin(1) - 128
        if got.shape == x.shape and np.array_equal(got[inside], nearest[inside]):
            if not np.array_equal(got, nearest):
                raise Wrong("Values outside low and high should be clipped to -128 and 127.")
            continue
        below = np.searchsorted(grid, x, side="right") - 129
        wide = np.abs(x[:, None] - np.linspace(low, high, 257)).argmin(1) - 128
        zero = np.clip(np.rint(255 * x / width), -128, 127)
        array(
            got,
            nearest,
            causes=[
                (np.clip(below, -128, 127), "it rounds down; go to the nearest step."),
                (np.minimum(wide, 127), "from -128 to 127 there are 255 steps, not 256."),
                (zero, "`low` should become -128; here zero becomes 0."),
            ],
            name=f"quantise(x, {low}, {high})",
        )


@exercise(
    "ch03.prune",
    title="Keep the largest weights",
    level=1,
    minutes=8,
    statement="""
        Write `mask(W, keep)`: an array of the shape of `W` with `True` where a weight stays and
        `False` where it goes. The `keep` weights of the largest magnitude stay; no two have the
        same magnitude.
    """,
    stub="""
        def mask(W, keep):
            return ...  # the shape of W
    """,
    solution="""
        def mask(W, keep):
            size = np.abs(W)
            smallest = np.sort(size, axis=None)[size.size - keep]
            return size >= smallest
    """,
    explanation="""
        Magnitude is a crude measure of what a weight is worth, and a good one after training: the
        weights that training did not need have stayed small. `axis=None` sorts all entries as one
        list, so that a row may lose everything and another nothing.
    """,
    hints=(
        "Sort the magnitudes of all entries as one list.",
        "Which magnitude is the smallest of those that stay?",
    ),
    wrong={
        "signed": (
            "def mask(W, keep):\n    return W >= np.sort(W, axis=None)[W.size - keep]",
            "magnitude",
        ),
        "smallest": (
            "def mask(W, keep):\n    return np.abs(W) <= np.sort(np.abs(W), axis=None)[keep - 1]",
            "smallest weights",
        ),
        "one_short": (
            "def mask(W, keep):\n"
            "    return np.abs(W) > np.sort(np.abs(W), axis=None)[W.size - keep]",
            "keeps 5 weights",
        ),
        "by_row": (
            "def mask(W, keep):\n"
            "    k = keep // len(W)\n"
            "    s = np.sort(np.abs(W), axis=1)[:, -k - 1:-k] if k else np.inf\n"
            "    return np.abs(W) > s",
            "as one list",
        ),
    },
)
def _prune(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for shape, keep in (((4, 5), 6), ((3, 7), 1), ((8, 4), 32), ((6, 6), 18)):
        # Magnitudes 1 … n in random places, random signs: what stays is known without sorting.
        size = 1.0 + rng.permutation(math.prod(shape)).reshape(shape)
        W = size * rng.choice([-1, 1], shape)
        total = math.prod(shape)
        expected = size > total - keep
        got = np.asarray(called(answer, W, keep, name="mask"))
        if got.shape == shape and got.dtype == bool and not np.array_equal(got, expected):
            order = np.argsort(np.argsort(W, axis=None)).reshape(shape)
            if keep < total and np.array_equal(got, order >= total - keep):
                raise Wrong("The mask goes by the signed value; the magnitude decides.")
            if keep < total and np.array_equal(got, size <= keep):
                raise Wrong("The mask keeps the smallest weights; the largest should stay.")
            counts = got.sum(1)
            if keep < total and keep >= shape[0] and np.all(counts == counts[0]):
                raise Wrong("The mask keeps as many in each row; sort all entries as one list.")
            if got.sum() != keep:
                raise Wrong(f"The mask keeps {int(got.sum())} weights; it should keep {keep}.")
        elif got.dtype != bool:
            raise Wrong(f"The mask should hold True and False; it holds {got.dtype}.")
        array(got, expected, name=f"The mask for shape {shape}, keep {keep}")


@exercise(
    "ch03.sparse-bytes",
    title="When does a sparse matrix pay?",
    level=2,
    minutes=10,
    statement="""
        A dense matrix of `n` rows and `d` columns in float32 takes 4 bytes an entry. The usual
        sparse form (compressed rows) stores 4 bytes for the value and 4 bytes for the column of
        each non-zero entry, and 4 bytes for each of `n + 1` row starts. Write `pays(n, d)`: the
        largest number of non-zero entries for which the sparse form takes **fewer** bytes.
    """,
    stub="""
        def pays(n, d):
            return ...  # a whole number
    """,
    solution="""
        def pays(n, d):
            return (n * d - n - 2) // 2
    """,
    explanation=r"""
        $8k + 4(n + 1) < 4 n d$ gives $k < (n d - n - 1)/2$. So over half of the weights have to
        go before the file gets smaller at all. With 90 percent gone it is five times smaller, not
        ten: the places cost as much as the values.
    """,
    hints=(
        "Write both sizes in bytes, with k for the number of non-zero entries.",
        "The largest whole k with 8k + 4(n + 1) < 4nd; fewer, not equal.",
    ),
    wrong={
        "no_columns": (
            "def pays(n, d):\n    return n * d - n - 2",
            "where they stand",
        ),
        "no_row_starts": (
            "def pays(n, d):\n    return (n * d - 1) // 2",
            "row starts",
        ),
        "equal_allowed": (
            "def pays(n, d):\n    return (n * d - n - 1) // 2",
            "equal",
        ),
        "fraction": ("def pays(n, d):\n    return (n * d - n - 2) / 2", "whole number"),
    },
)
def _sparse_bytes(answer: Any) -> None:
    for n, d in ((3, 4), (10, 10), (4, 3), (300, 65), (1, 9)):
        # Counted up byte by byte instead of solved.
        most = max(k for k in range(n * d + 1) if 8 * k + 4 * (n + 1) < 4 * n * d)
        got = called(answer, n, d, name="pays")
        name = f"pays({n}, {d})"
        if isinstance(got, float | np.floating) and not float(got).is_integer():
            raise Wrong(f"{name} is {got}; entries are counted, so it should be a whole number.")
        starts = max(k for k in range(n * d + 1) if 8 * k < 4 * n * d)
        same = max(k for k in range(n * d + 1) if 8 * k + 4 * (n + 1) <= 4 * n * d)
        values = max(k for k in range(n * d + 1) if 4 * k + 4 * (n + 1) < 4 * n * d)
        number(
            got,
            most,
            causes=[
                (values, "the values alone do not say where they stand; add the columns."),
                (starts, "the row starts are missing."),
                (same, "there both forms are equal; the sparse one should be smaller."),
            ],
            name=name,
        )


@exercise(
    "ch03.soft-targets",
    title="How a soft target pulls",
    level=3,
    minutes=20,
    statement=r"""
        A teacher gives the logits `v`, a student the logits `z`, both of shape `(k,)`. At
        temperature $T$, $p = \mathrm{softmax}(v/T)$ and $q = \mathrm{softmax}(z/T)$. The loss is
        $\ell = -T^2 \sum_i p_i \log q_i$. Write `gradient(z, v, T)`: the derivatives
        $\partial\ell/\partial z$, shape `(k,)`. It has to work for logits of a thousand, too.
    """,
    stub="""
        def gradient(z, v, T):
            return ...  # shape (k,)
    """,
    solution="""
        def gradient(z, v, T):
            def soft(logits):
                e = np.exp((logits - logits.max()) / T)
                return e / e.sum()
            return T * (soft(z) - soft(v))
    """,
    explanation=r"""
        The cross-entropy of a softmax has the derivative $q - p$ by its inputs; the inputs are
        $z/T$, which gives $1/T$ more, and the factor $T^2$ leaves $T(q - p)$. For large $T$,
        $q_i - p_i \approx (z_i - v_i)/(kT)$ when both logits have mean zero: the pull no longer
        depends on $T$, and the student simply matches logits {cite}`hinton2015`.
    """,
    hints=(
        "Cross-entropy after softmax: the derivative by the softmax's inputs is q - p.",
        "The inputs are z/T. What does the chain rule add, and what is left of T²?",
        "Subtract the largest logit before `np.exp`: it changes nothing and nothing overflows.",
    ),
    wrong={
        "no_square": (
            "def gradient(z, v, T):\n"
            "    s = lambda a: np.exp((a - a.max()) / T) / np.exp((a - a.max()) / T).sum()\n"
            "    return (s(z) - s(v)) / T",
            "factor T²",
        ),
        "no_chain": (
            "def gradient(z, v, T):\n"
            "    s = lambda a: np.exp((a - a.max()) / T) / np.exp((a - a.max()) / T).sum()\n"
            "    return T ** 2 * (s(z) - s(v))",
            "chain rule",
        ),
        "turned": (
            "def gradient(z, v, T):\n"
            "    s = lambda a: np.exp((a - a.max()) / T) / np.exp((a - a.max()) / T).sum()\n"
            "    return T * (s(v) - s(z))",
            "away from the teacher",
        ),
        "overflow": (
            "def gradient(z, v, T):\n"
            "    s = lambda a: np.exp(a / T) / np.exp(a / T).sum()\n"
            "    return T * (s(z) - s(v))",
            "overflow",
        ),
    },
)
def _soft_targets(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for k, T in ((10, 4.0), (4, 20.0), (5, 0.5)):
        z, v = rng.standard_normal((2, k)) * 2
        slope = _slope(z, v, T)
        array(
            called(answer, z, v, T, name="gradient"),
            slope,
            causes=[
                (slope / T**2, "the factor T² of the loss is missing."),
                (slope * T, "the chain rule adds 1/T, for the inputs are z/T."),
                (-slope, "the sign is turned; a step down leads away from the teacher."),
            ],
            rtol=1e-5,
            atol=1e-7,
            name=f"The gradient at T = {T:g}",
        )
    z, v = np.array([1000.0, 0.0, -1000.0]), np.array([0.0, 1000.0, 990.0])
    with np.errstate(all="ignore"):
        large = np.asarray(called(answer, z, v, 1.0, name="gradient"), float)
    if not np.isfinite(large).all():
        raise Wrong("For logits of a thousand the exponential makes an overflow.")
    e = math.exp(-10)
    array(large, [1.0, -1 / (1 + e), -e / (1 + e)], atol=1e-6, name="For large logits the gradient")


def _slope(z: np.ndarray, v: np.ndarray, T: float) -> np.ndarray:
    """Differentiate the loss by complex steps: no formula for the gradient, no rounding."""

    def loss(logits: np.ndarray) -> complex:
        total = np.log(sum(np.exp(logits / T)))
        weights = [1 / sum(np.exp((v - own) / T)) for own in v]
        return complex(
            -(T**2) * sum(w * (x / T - total) for w, x in zip(weights, logits, strict=True))
        )

    h = 1e-20
    return np.array([loss(z + 1j * h * row).imag / h for row in np.eye(len(z))])


@exercise(
    "ch03.batches",
    title="Who shares a call?",
    level=3,
    minutes=20,
    statement="""
        A server groups requests. The first one opens a batch and waits for company: the batch is
        sent when it holds `size` requests, or `wait` milliseconds after it was opened, whichever
        comes first. A request that comes exactly at that moment still belongs to it. Write
        `batches(times, size, wait)`: the number of requests in each batch, in order. `times` are
        the arrivals in milliseconds, a sorted list of whole numbers.
    """,
    stub="""
        def batches(times, size, wait):
            return ...  # a list of counts
    """,
    solution="""
        def batches(times, size, wait):
            counts = []
            opened = None
            for t in times:
                if opened is not None and t <= opened + wait and counts[-1] < size:
                    counts[-1] += 1
                else:
                    counts.append(1)
                    opened = t
            return counts
    """,
    explanation="""
        The wait runs from the *first* request of a batch. Counted from the last one, a steady
        stream could put the first off for ever. With `size` 1 nobody shares; with `wait` 0 only
        those share that come together. Here each answer costs no time; a real server also fills
        the next batch while the model is busy.
    """,
    hints=(
        "For each request: does it still fit into the open batch, by time and by number?",
        "Remember when the open batch was opened, not when the last request came.",
    ),
    wrong={
        "from_the_last": (
            "def batches(times, size, wait):\n"
            "    counts, last = [], None\n"
            "    for t in times:\n"
            "        if last is not None and t <= last + wait and counts[-1] < size:\n"
            "            counts[-1] += 1\n"
            "        else:\n"
            "            counts.append(1)\n"
            "        last = t\n"
            "    return counts",
            "from the last request",
        ),
        "ignores_size": (
            "def batches(times, size, wait):\n"
            "    counts, opened = [], None\n"
            "    for t in times:\n"
            "        if opened is not None and t <= opened + wait:\n"
            "            counts[-1] += 1\n"
            "        else:\n"
            "            counts.append(1); opened = t\n"
            "    return counts",
            "more than `size`",
        ),
        "strictly_before": (
            "def batches(times, size, wait):\n"
            "    counts, opened = [], None\n"
            "    for t in times:\n"
            "        if opened is not None and t < opened + wait and counts[-1] < size:\n"
            "            counts[-1] += 1\n"
            "        else:\n"
            "            counts.append(1); opened = t\n"
            "    return counts",
            "exactly",
        ),
        "fixed_windows": (
            "def batches(times, size, wait):\n"
            "    from itertools import groupby\n"
            "    out = []\n"
            "    for _, g in groupby(times, lambda t: t // (wait + 1)):\n"
            "        n = len(list(g))\n"
            "        out += [size] * (n // size) + ([n % size] if n % size else [])\n"
            "    return out",
            "opens a batch",
        ),
    },
)
def _batches(answer: Any) -> None:
    rng = np.random.default_rng(0)
    known = [([0, 3, 6, 9], 10, 5), ([0, 1, 2, 3], 2, 9), ([0, 5], 4, 5), ([], 3, 3)]
    drawn = [
        (sorted(rng.integers(0, 60, n).tolist()), int(size), int(wait))
        for n, size, wait in np.column_stack(
            [range(1, 40), rng.integers(1, 6, 39), rng.integers(0, 9, 39)]
        )
    ]
    for times, size, wait in known + drawn:
        got = called(answer, times, size, wait, name="batches")
        expected = _by_clock(times, size, wait)
        if list(np.atleast_1d(got)) == expected:
            continue
        case = f"batches({times}, {size}, {wait})"
        if sum(np.atleast_1d(got)) != len(times):
            raise Wrong(f"{case} forgets requests: its counts should add up to {len(times)}.")
        if max(got) > size:
            raise Wrong(f"{case} puts more than `size` requests into a batch.")
        if times == known[0][0] and len(got) == 1:
            raise Wrong("The wait is counted from the last request; the first one decides.")
        if times == known[2][0]:
            raise Wrong("A request that comes exactly at the end still belongs to the batch.")
        raise Wrong(
            f"{case} should be {expected}, not {list(got)}: the first request opens a batch, and "
            "the time runs from there."
        )


def _by_clock(times: list[int], size: int, wait: int) -> list[int]:
    """Play the server millisecond by millisecond."""
    sent, waiting = [], list[int]()
    arrivals = {t: len(list(same)) for t, same in groupby(times)}
    for clock in range(max(times, default=0) + wait + 2):
        for _ in range(arrivals.get(clock, 0)):
            waiting.append(clock)
            if len(waiting) == size:
                sent.append(len(waiting))
                waiting.clear()
        if waiting and clock - waiting[0] >= wait:
            sent.append(len(waiting))
            waiting.clear()
    return sent
