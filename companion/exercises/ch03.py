"""Chapter 3, algorithms: counting weights, attention, memory, tokens, search, and judging."""

from __future__ import annotations

import math
import string
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises.compare import array, called, number, raises, several
from companion.exercises.registry import Wrong, exercise

Array = NDArray[np.float64]


@exercise(
    "ch03.block",
    title="The weights of one block",
    level=1,
    minutes=8,
    statement="""
        One block of GPT-2 of width `d` has: a layer norm (a scale and a shift for each of the `d`
        units); attention, with four dense layers from `d` to `d` (queries, keys, values, output);
        a second layer norm; and a perceptron, from `d` to `4 * d` and back. All dense layers have
        biases. Write `block(d)`: the number of weights, biases, scales and shifts.
    """,
    stub="""
        def block(d):
            return ...  # a whole number
    """,
    solution="""
        def block(d):
            return 12 * d**2 + 13 * d
    """,
    explanation=r"""
        Attention has $4(d^2 + d)$, the perceptron $4d^2 + 4d$ and $4d^2 + d$, the norms
        $2 \cdot 2d$. Together $12d^2 + 13d$. The square dominates: twice the width is four times
        the weights, and twice the depth only two times.
    """,
    hints=(
        "A dense layer from a to b has a · b weights and b biases.",
        "Four times (d, d), once (d, 4d), once (4d, d), and two norms of 2d each.",
    ),
    wrong={
        "no_biases": ("def block(d):\n    return 12 * d**2 + 4 * d", "biases"),
        "no_norms": ("def block(d):\n    return 12 * d**2 + 9 * d", "layer norms"),
        "one_norm": ("def block(d):\n    return 12 * d**2 + 11 * d", "two layer norms"),
        "narrow_mlp": ("def block(d):\n    return 6 * d**2 + 10 * d", "4 * d"),
        "no_output": ("def block(d):\n    return 11 * d**2 + 12 * d", "output layer"),
        "rule_of_thumb": ("def block(d):\n    return 12 * d**2", "rule of thumb"),
    },
)
def _block(answer: Any) -> None:
    def weights(d: int, *, inner: int, parts: int = 4, bias: int = 1, norms: int = 2) -> int:
        shapes = [(d, d)] * parts + [(d, inner), (inner, d)]
        return sum(a * b + bias * b for a, b in shapes) + norms * 2 * d

    for d in (768, 10, 1, 7):
        number(
            called(answer, d, name="block"),
            weights(d, inner=4 * d),
            causes=[
                (weights(d, inner=4 * d, bias=0), "the biases are missing."),
                (weights(d, inner=4 * d, norms=0), "the layer norms are missing."),
                (weights(d, inner=4 * d, norms=1), "there are two layer norms."),
                (weights(d, inner=d), "the perceptron is 4 * d wide inside."),
                (weights(d, inner=4 * d, parts=3), "attention has an output layer too."),
                (
                    weights(d, inner=4 * d, bias=0, norms=0),
                    "that is the rule of thumb 12 d²; count biases and norms as well.",
                ),
            ],
            name=f"block({d})",
        )


@exercise(
    "ch03.bpe",
    title="One merge of byte-pair encoding",
    level=2,
    minutes=12,
    statement="""
        Byte-pair encoding joins the most frequent pair of neighbours into a new token, again and
        again. Write `merge(tokens, pair, new)`: the list `tokens` (whole numbers) with every
        occurrence of the neighbours `pair`, a tuple of two tokens, replaced by the token `new`,
        from left to right.
    """,
    stub="""
        def merge(tokens, pair, new):
            return ...  # a list
    """,
    solution="""
        def merge(tokens, pair, new):
            result, i = [], 0
            while i < len(tokens):
                if tuple(tokens[i : i + 2]) == pair:
                    result.append(new)
                    i += 2
                else:
                    result.append(tokens[i])
                    i += 1
            return result
    """,
    explanation="""
        After a merge the next candidate begins *behind* both tokens. So `a a a` with the pair
        `(a, a)` becomes `X a`, not `X X`: a token is used once. Training counts all pairs, merges
        the most frequent, and repeats; the list of merges is the tokeniser.
    """,
    hints=(
        "Walk with an index. At a match, go on two places further; otherwise one.",
        "`tuple(tokens[i:i + 2]) == pair` is also safe at the end of the list.",
    ),
    wrong={
        "overlapping": (
            "def merge(tokens, pair, new):\n"
            "    out = []\n"
            "    for i in range(len(tokens)):\n"
            "        if tuple(tokens[i:i + 2]) == pair:\n"
            "            out.append(new)\n"
            "        elif i == 0 or tuple(tokens[i - 1:i + 1]) != pair:\n"
            "            out.append(tokens[i])\n"
            "    return out",
            "used twice",
        ),
        "keeps_second": (
            "def merge(tokens, pair, new):\n"
            "    return [new if tuple(tokens[i:i + 2]) == pair else t\n"
            "            for i, t in enumerate(tokens)]",
            "second token",
        ),
        "first_only": (
            "def merge(tokens, pair, new):\n"
            "    for i in range(len(tokens) - 1):\n"
            "        if (tokens[i], tokens[i + 1]) == pair:\n"
            "            return [*tokens[:i], new, *tokens[i + 2:]]\n"
            "    return list(tokens)",
            "only the first",
        ),
        "drops_last": (
            "def merge(tokens, pair, new):\n"
            "    out, i = [], 0\n"
            "    while i < len(tokens) - 1:\n"
            "        hit = (tokens[i], tokens[i + 1]) == pair\n"
            "        out.append(new if hit else tokens[i])\n"
            "        i += 2 if hit else 1\n"
            "    return out",
            "last token",
        ),
    },
)
def _bpe(answer: Any) -> None:
    cases: list[tuple[list[int], tuple[int, int]]] = [
        ([1, 2, 3, 1, 2], (1, 2)),
        ([5, 5, 5], (5, 5)),
        ([5, 5, 5, 5, 5], (5, 5)),
        ([2, 1], (1, 2)),
        ([7], (7, 7)),
        ([], (1, 2)),
        ([1, 2, 2, 1, 1, 2, 4], (1, 2)),
    ]
    for tokens, pair in cases:
        got = called(answer, tokens, pair, 99, name="merge")
        if isinstance(got, str | bytes) or not hasattr(got, "__iter__"):
            raise Wrong(f"merge should return a list of tokens, not {type(got).__name__}.")
        got = [int(t) for t in got]
        # Another road: tokens as letters, so that Python's own replace does the work.
        text = "".join(string.ascii_letters[t] for t in tokens)
        a, b = (string.ascii_letters[t] for t in pair)
        right = [
            99 if c == "!" else string.ascii_letters.index(c) for c in text.replace(a + b, "!")
        ]
        if got == right:
            continue
        where = f"merge({tokens}, {pair}, 99) gives {got}"
        hits = sum(x + y == a + b for x, y in pairwise(text))
        once = text.replace(a + b, "!", 1)
        if hits > text.count(a + b) and got.count(99) >= hits:
            raise Wrong(f"{where}: a token is used twice; after a merge go on behind both.")
        if len(got) == len(tokens) and 99 in got:
            raise Wrong(f"{where}: the second token of the pair is still there.")
        if got == [99 if c == "!" else string.ascii_letters.index(c) for c in once]:
            raise Wrong(f"{where}: only the first occurrence is replaced.")
        if got == right[:-1]:
            raise Wrong(f"{where}: the last token is lost.")
        raise Wrong(f"{where}, not {right}.")


@exercise(
    "ch03.mask",
    title="Who may look at whom",
    level=1,
    minutes=6,
    statement="""
        A language model must not see the token that it is asked to guess. Write `mask(t)`: booleans
        of shape `(t, t)`, true where token `i` (row) may look at token `j` (column): at itself and
        at all earlier ones.
    """,
    stub="""
        def mask(t):
            return ...  # booleans, shape (t, t)
    """,
    solution="""
        def mask(t):
            return np.arange(t)[:, None] >= np.arange(t)
    """,
    explanation="""
        Row `i` is true in its first `i + 1` columns: a lower triangle, the diagonal included. All
        `t` guesses of a text are then trained at once, each on its own past. `np.tri(t)` is the
        same triangle.
    """,
    hints=(
        "Compare a column of row numbers with a row of column numbers.",
        "Token i looks at j if j is not later: j <= i.",
    ),
    wrong={
        "future": (
            "def mask(t):\n    return np.arange(t)[:, None] <= np.arange(t)",
            "later ones",
        ),
        "strict": (
            "def mask(t):\n    return np.arange(t)[:, None] > np.arange(t)",
            "itself",
        ),
        "everything": ("def mask(t):\n    return np.ones((t, t), bool)", "hides nothing"),
        "numbers": ("def mask(t):\n    return np.tri(t)", "booleans"),
    },
)
def _mask(answer: Any) -> None:
    for t in (4, 1, 6):
        got = called(answer, t, name="mask")
        right = [[row + 1 > column for column in range(t)] for row in range(t)]
        triangle = np.array(right)
        array(
            got,
            triangle,
            causes=[]
            if t == 1
            else [
                (triangle.T, "each token looks at the later ones; turn the comparison."),
                (triangle & ~np.eye(t, dtype=bool), "a token may look at itself, too."),
                (np.full((t, t), fill_value=True), "it hides nothing: later tokens must be false."),
            ],
            name=f"mask({t})",
        )
        if np.asarray(got).dtype != bool:
            raise Wrong(f"mask({t}) should hold booleans, not {np.asarray(got).dtype}.")


@exercise(
    "ch03.attention",
    title="Attention by hand",
    level=2,
    minutes=15,
    statement=r"""
        Write `attention(Q, K, V)`: one head of causal attention for one text of `t` tokens. `Q` and
        `K` have the shape `(t, d)`, `V` has `(t, e)`. Scores are $QK^\top/\sqrt{d}$; a token gives
        no weight to later tokens; the weights of each row are the softmax of its scores.
    """,
    stub="""
        def attention(Q, K, V):
            return ...  # shape (t, e)
    """,
    solution="""
        def attention(Q, K, V):
            scores = Q @ K.T / np.sqrt(len(K.T))
            scores = np.where(np.tri(len(Q)) > 0, scores, -np.inf)
            weights = np.exp(scores - scores.max(axis=1, keepdims=True))
            return weights / weights.sum(axis=1, keepdims=True) @ V
    """,
    explanation=r"""
        Row $i$ of the result is a weighted mean of the first $i + 1$ rows of $V$. Hidden scores
        become $-\infty$ *before* the softmax, so that what remains still adds up to one. The root
        keeps the scores at the same spread whatever the width: without it a wide head looks at one
        token only, and learns nothing more.
    """,
    hints=(
        "Three steps: scores of shape (t, t), their softmax by rows, times V.",
        "Set the scores of later tokens to -np.inf before the softmax.",
        "Take each row's largest score away first, so that no power overflows.",
    ),
    wrong={
        "no_root": (
            "def attention(Q, K, V):\n"
            "    s = np.where(np.tri(len(Q)) > 0, Q @ K.T, -np.inf)\n"
            "    w = np.exp(s - s.max(axis=1, keepdims=True))\n"
            "    return w / w.sum(axis=1, keepdims=True) @ V",
            "root of d",
        ),
        "no_mask": (
            "def attention(Q, K, V):\n"
            "    s = Q @ K.T / np.sqrt(Q.shape[1])\n"
            "    w = np.exp(s - s.max(axis=1, keepdims=True))\n"
            "    return w / w.sum(axis=1, keepdims=True) @ V",
            "later tokens",
        ),
        "mask_after": (
            "def attention(Q, K, V):\n"
            "    s = Q @ K.T / np.sqrt(Q.shape[1])\n"
            "    w = np.exp(s - s.max(axis=1, keepdims=True))\n"
            "    w = w / w.sum(axis=1, keepdims=True)\n"
            "    return np.tril(w) @ V",
            "add up to one",
        ),
        "columns": (
            "def attention(Q, K, V):\n"
            "    s = np.where(np.tri(len(Q)) > 0, Q @ K.T / np.sqrt(Q.shape[1]), -np.inf)\n"
            "    w = np.exp(s - s.max())\n"
            "    return w / w.sum(axis=0, keepdims=True) @ V",
            "over each row",
        ),
        "overflow": (
            "def attention(Q, K, V):\n"
            "    w = np.tri(len(Q)) * np.exp(Q @ K.T / np.sqrt(Q.shape[1]))\n"
            "    return w / w.sum(axis=1, keepdims=True) @ V",
            "overflow",
        ),
    },
)
def _attention(answer: Any) -> None:
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


@exercise(
    "ch03.lstm",
    title="One step of an LSTM",
    level=2,
    minutes=15,
    statement=r"""
        An LSTM keeps a memory `c` and an output `h`, each of shape `(u,)`. From the input and the
        old output four rows have been computed: `write`, `keep`, `new` and `read`, each `(u,)`,
        *before* their activations. Write `step(write, keep, new, read, c)`: the new `h` and the new
        `c`, in this order. Gates pass through $\sigma(x) = 1/(1 + e^{-x})$, the new content and the
        memory on its way out through $\tanh$.
    """,
    stub="""
        def step(write, keep, new, read, c):
            return ...  # h, c
    """,
    solution="""
        def step(write, keep, new, read, c):
            gate = lambda z: 1 / (1 + np.exp(-z))
            c = gate(keep) * c + gate(write) * np.tanh(new)
            return gate(read) * np.tanh(c), c
    """,
    explanation=r"""
        $c \leftarrow \sigma(\mathrm{keep}) \odot c + \sigma(\mathrm{write}) \odot
        \tanh(\mathrm{new})$, then $h = \sigma(\mathrm{read}) \odot \tanh(c)$. The old memory is
        only multiplied by a number near one and added to: no matrix, no squashing. So its gradient
        survives many steps, which a plain recurrent network does not offer.
    """,
    hints=(
        "First the memory: what stays of the old, plus what is written of the new.",
        "The output looks at the *new* memory, through tanh and the read gate.",
    ),
    wrong={
        "old_memory": (
            "def step(write, keep, new, read, c):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    return s(read) * np.tanh(c), s(keep) * c + s(write) * np.tanh(new)",
            "old memory",
        ),
        "swapped_gates": (
            "def step(write, keep, new, read, c):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    c = s(write) * c + s(keep) * np.tanh(new)\n"
            "    return s(read) * np.tanh(c), c",
            "are swapped",
        ),
        "no_tanh": (
            "def step(write, keep, new, read, c):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    c = s(keep) * c + s(write) * np.tanh(new)\n"
            "    return s(read) * c, c",
            "tanh on its way out",
        ),
        "coupled": (
            "def step(write, keep, new, read, c):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    c = s(keep) * c + (1 - s(keep)) * np.tanh(new)\n"
            "    return s(read) * np.tanh(c), c",
            "its own gate",
        ),
        "turned": (
            "def step(write, keep, new, read, c):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    c = s(keep) * c + s(write) * np.tanh(new)\n"
            "    return c, s(read) * np.tanh(c)",
            "h first",
        ),
    },
)
def _lstm(answer: Any) -> None:
    def share(z: Array) -> Array:
        return (np.tanh(z / 2) + 1) / 2

    rng = np.random.default_rng(1)
    for u in (4, 1):
        write, keep, new, read, c = 1.5 * rng.standard_normal((5, u))
        got = called(answer, write, keep, new, read, c, name="step")
        got = several(got, ("h", "c"), name="step")
        content = np.tanh(new)
        memory = np.add(np.multiply(share(keep), c), np.multiply(share(write), content))
        out = np.multiply(share(read), np.tanh(memory))
        if np.allclose(np.asarray(got[0], float), memory) and np.allclose(got[1], out):
            raise Wrong("The two values are in the wrong order; return h first.")
        array(
            got[1],
            memory,
            causes=[
                (
                    np.multiply(share(write), c) + np.multiply(share(keep), content),
                    "the gates keep and write are swapped.",
                ),
                (
                    c * share(keep) + content * share(-keep),
                    "what is written has its own gate, not one minus the other.",
                ),
            ],
            name="The new memory c",
        )
        array(
            got[0],
            out,
            causes=[
                (np.multiply(share(read), np.tanh(c)), "it looks at the old memory."),
                (np.multiply(share(read), memory), "the memory passes tanh on its way out."),
            ],
            name="The new output h",
        )


@exercise(
    "ch03.perplexity",
    title="Between how many tokens does it hesitate?",
    level=1,
    minutes=8,
    statement="""
        `log_probs` holds the natural log-probability that a model gave to each token of a text.
        Write `perplexity(log_probs)`: the number of equally likely tokens between which a model
        with the same mean loss would hesitate.
    """,
    stub="""
        def perplexity(log_probs):
            return ...  # a number, at least 1
    """,
    solution="""
        def perplexity(log_probs):
            return np.exp(-np.mean(log_probs))
    """,
    explanation=r"""
        The mean loss is $-\frac1t\sum \log p_i$, and among $k$ equally likely tokens it would be
        $\log k$. So $k = e^{\mathrm{loss}}$: one over the *geometric* mean of the probabilities. A
        single token of probability zero makes it infinite.
    """,
    hints=(
        "With k equally likely tokens each log-probability is −log k.",
        "Take the mean first, then the exponential.",
    ),
    wrong={
        "mean_of_inverses": (
            "def perplexity(log_probs):\n    return np.mean(np.exp(-np.asarray(log_probs)))",
            "Take the mean first",
        ),
        "sum": (
            "def perplexity(log_probs):\n    return np.exp(-np.sum(log_probs))",
            "whole text",
        ),
        "bits": ("def perplexity(log_probs):\n    return 2 ** -np.mean(log_probs)", "natural"),
        "loss": ("def perplexity(log_probs):\n    return -np.mean(log_probs)", "the loss itself"),
        "sign": ("def perplexity(log_probs):\n    return np.exp(np.mean(log_probs))", "below 1"),
    },
)
def _perplexity(answer: Any) -> None:
    for shares in ([0.5, 0.25, 0.125, 0.5], [0.2, 0.2, 0.2], [0.9, 0.01], [0.3]):
        p = np.array(shares)
        chance = math.prod(shares)  # of the whole text
        right = chance ** (-1 / len(shares))
        loss = math.log(right)
        causes = [
            (1 / right, "a perplexity is never below 1; mind the sign."),
            (loss, "that is the loss itself; take its exponential."),
            (2**loss, "the logarithms are natural, so the base is e, not 2."),
        ]
        if len(shares) > 1:
            causes += [
                (1 / chance, "that is one over the chance of the whole text; take the mean."),
                (sum(1 / s for s in shares) / len(shares), "Take the mean first, then the power."),
            ]
        number(
            called(answer, np.log(p), name="perplexity"), right, causes=causes, name="perplexity"
        )


@exercise(
    "ch03.f1",
    title="Four counts, four verdicts",
    level=1,
    minutes=10,
    statement="""
        A test of a classifier counted `tp` true positives, `fp` false positives, `fn` false
        negatives and `tn` true negatives. Write `scores(tp, fp, fn, tn)`: accuracy, precision,
        recall and F1, in this order. Where a score has no case to count (nothing was called
        positive, say), give 0.
    """,
    stub="""
        def scores(tp, fp, fn, tn):
            return ...  # accuracy, precision, recall, F1
    """,
    solution="""
        def scores(tp, fp, fn, tn):
            accuracy = (tp + tn) / (tp + fp + fn + tn)
            precision = tp / (tp + fp) if tp + fp else 0
            recall = tp / (tp + fn) if tp + fn else 0
            f1 = 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0
            return accuracy, precision, recall, f1
    """,
    explanation=r"""
        Precision asks those who were called positive, recall those who are. F1 is their harmonic
        mean, $2PR/(P + R) = 2tp/(2tp + fp + fn)$. The true negatives enter only accuracy: where
        nearly all cases are negative, accuracy is nearly all about them.
    """,
    hints=(
        "Precision divides by what was called positive, recall by what is positive.",
        "F1 = 2 P R / (P + R), the harmonic mean. Guard every division.",
    ),
    wrong={
        "swapped": (
            "def scores(tp, fp, fn, tn):\n"
            "    p = tp / (tp + fp) if tp + fp else 0.0\n"
            "    r = tp / (tp + fn) if tp + fn else 0.0\n"
            "    f = 2 * p * r / (p + r) if p + r else 0.0\n"
            "    return (tp + tn) / (tp + fp + fn + tn), r, p, f",
            "precision and recall are swapped",
        ),
        "arithmetic": (
            "def scores(tp, fp, fn, tn):\n"
            "    p = tp / (tp + fp) if tp + fp else 0.0\n"
            "    r = tp / (tp + fn) if tp + fn else 0.0\n"
            "    return (tp + tn) / (tp + fp + fn + tn), p, r, (p + r) / 2",
            "harmonic",
        ),
        "specificity": (
            "def scores(tp, fp, fn, tn):\n"
            "    p = tp / (tp + fp) if tp + fp else 0.0\n"
            "    r = tn / (tn + fp) if tn + fp else 0.0\n"
            "    f = 2 * p * r / (p + r) if p + r else 0.0\n"
            "    return (tp + tn) / (tp + fp + fn + tn), p, r, f",
            "specificity",
        ),
        "no_guard": (
            "def scores(tp, fp, fn, tn):\n"
            "    p, r = tp / (tp + fp), tp / (tp + fn)\n"
            "    return (tp + tn) / (tp + fp + fn + tn), p, r, 2 * p * r / (p + r)",
            "no case to count",
        ),
    },
)
def _f1(answer: Any) -> None:
    for tp, fp, fn, tn in TABLES:
        where = f"scores({tp}, {fp}, {fn}, {tn})"
        if answer is not ... and callable(answer) and not tp and raises(answer, tp, fp, fn, tn):
            raise Wrong(f"{where} fails; give 0 where there is no case to count.")
        got = called(answer, tp, fp, fn, tn, name="scores")
        got = several(got, ("accuracy", "precision", "recall", "F1"), name="scores")
        # Case by case, as on a list of patients: (called positive, is positive).
        cases = [(1, 1)] * tp + [(1, 0)] * fp + [(0, 1)] * fn + [(0, 0)] * tn
        hits = [said == true for said, true in cases]
        caught = [said for said, true in cases if true]
        correct = [true for said, true in cases if said]
        p, r = (Fraction(sum(x), len(x)) if x else Fraction(0) for x in (correct, caught))
        harmonic = 2 / (1 / p + 1 / r) if p and r else Fraction(0)
        spared = [not said for said, true in cases if not true]
        number(got[0], sum(hits) / len(hits), name=f"Accuracy of {where}")
        if p != r and np.allclose([float(got[1]), float(got[2])], [float(r), float(p)]):
            raise Wrong(f"In {where} precision and recall are swapped.")
        number(got[1], float(p), name=f"Precision of {where}")
        number(
            got[2],
            float(r),
            causes=[(sum(spared) / len(spared), "that is the specificity, of the negatives.")],
            name=f"Recall of {where}",
        )
        number(
            got[3],
            float(harmonic),
            causes=[(float(p + r) / 2, "F1 is the harmonic mean, not the arithmetic one.")],
            name=f"F1 of {where}",
        )


# True and false positives, false and true negatives; the last have scores without a case.
TABLES = (
    (8, 2, 4, 86),
    (5, 5, 0, 90),
    (5, 1, 5, 9),
    (2, 1, 3, 4),
    (1, 9, 3, 7),
    (0, 0, 10, 90),
    (0, 3, 0, 9),
    (0, 0, 0, 7),
)


@exercise(
    "ch03.beam",
    title="Keep the best few",
    level=3,
    minutes=25,
    statement="""
        A language of `v` tokens: `first[i]` is the log-probability that a text begins with token
        `i`, and `then[i, j]` that token `j` follows `i`. Write `beam(first, then, length, width)`:
        the text found by beam search, a list of `length` tokens. At each length keep the `width`
        best texts; extend each by every token; keep the best again. Return the best at the end.
    """,
    stub="""
        def beam(first, then, length, width):
            return ...  # a list of tokens
    """,
    solution="""
        def beam(first, then, length, width):
            texts = [([i], score) for i, score in enumerate(first)]
            for n in range(length):
                texts = sorted(texts, key=lambda pair: -pair[1])[:width]
                if n < length - 1:
                    texts = [
                        (text + [j], score + then[text[-1]][j])
                        for text, score in texts
                        for j in range(len(first))
                    ]
            return texts[0][0]
    """,
    explanation="""
        With `width = 1` it is greedy choice, which takes the best first step and may never see the
        best text. With a width of all texts it is exhaustive search. Between the two it costs
        `width` times the greedy search, and the score of what it finds need not rise with every
        widening. Log-probabilities are added, because probabilities are multiplied.
    """,
    hints=(
        "Keep pairs (text, score). Begin with the single tokens and their scores.",
        "The new score of a text is the old one plus then[last token, new token].",
        "Sort by score, largest first, and cut to `width`; do it at every length.",
    ),
    wrong={
        "greedy": (
            "def beam(first, then, length, width):\n"
            "    text = [int(np.argmax(first))]\n"
            "    while len(text) < length:\n"
            "        text.append(int(np.argmax(then[text[-1]])))\n"
            "    return text",
            "greedy",
        ),
        "exhaustive": (
            "def beam(first, then, length, width):\n"
            "    import itertools\n"
            "    score = lambda t: first[t[0]] + sum(then[a, b] for a, b in zip(t, t[1:]))\n"
            "    texts = itertools.product(range(len(first)), repeat=length)\n"
            "    return list(max(texts, key=score))",
            "every text",
        ),
        "last_step_only": (
            "def beam(first, then, length, width):\n"
            "    texts = [([i], s) for i, s in enumerate(first)]\n"
            "    for _ in range(length - 1):\n"
            "        texts = sorted(texts, key=lambda p: -p[1])[:width]\n"
            "        texts = [(t + [j], then[t[-1]][j]) for t, s in texts\n"
            "                 for j in range(len(first))]\n"
            "    return max(texts, key=lambda p: p[1])[0]",
            "score of the whole text",
        ),
        "worst": (
            "def beam(first, then, length, width):\n"
            "    texts = [([i], s) for i, s in enumerate(first)]\n"
            "    for n in range(length):\n"
            "        texts = sorted(texts, key=lambda p: p[1])[:width]\n"
            "        if n < length - 1:\n"
            "            texts = [(t + [j], s + then[t[-1]][j]) for t, s in texts\n"
            "                     for j in range(len(first))]\n"
            "    return texts[0][0]",
            "worst",
        ),
    },
)
def _beam(answer: Any) -> None:
    def total(text: tuple[int, ...], first: Array, then: Array) -> float:
        return float(first[text[0]]) + sum(float(then[a, b]) for a, b in pairwise(text))

    def kept(first: Array, then: Array, length: int, width: int, sign: int = 1) -> list[int]:
        """Rank whole prefixes: all those of each length whose own prefix was kept."""
        alive = {()}
        v = len(first)
        for n in range(1, length + 1):
            grown = [t for t in product(range(v), repeat=n) if t[:-1] in alive]
            scores = np.array([sign * total(t, first, then) for t in grown])
            ranks = np.argsort(-scores, kind="stable")[:width]
            alive = {grown[i] for i in ranks}
            best = grown[ranks[0]]
        return list(best)

    told = {"greedy": False, "exhaustive": False}
    for seed, v, length, width in BEAMS:
        rng = np.random.default_rng(seed)
        first = np.log(rng.dirichlet(np.full(v, 0.5)))
        then = np.log(rng.dirichlet(np.full(v, 0.5), size=v))
        got = called(answer, first, then, length, width, name="beam")
        if isinstance(got, str) or not hasattr(got, "__len__"):
            raise Wrong(f"beam should return a list of tokens, not {type(got).__name__}.")
        found = [int(token) for token in got]
        right = kept(first, then, length, width)
        if found == right:
            continue
        told["greedy"] = found == kept(first, then, length, 1)
        told["exhaustive"] = found == kept(first, then, length, v**length)
        where = f"For width {width} and length {length} the text is {found}"
        if len(found) != length:
            raise Wrong(f"{where}: it has {len(found)} tokens.")
        if found == kept(first, then, length, width, sign=-1):
            raise Wrong(f"{where}: that is the worst one; sort by score, largest first.")
        if told["greedy"]:
            raise Wrong(f"{where}: that is the greedy choice; keep several texts.")
        if told["exhaustive"]:
            raise Wrong(f"{where}: that is the best of every text; keep only `width` of them.")
        raise Wrong(f"{where}, not {right}. Rank by the score of the whole text, at each length.")


# Cases in which greedy choice, a narrow beam and exhaustive search find three different texts.
BEAMS = ((132, 4, 4, 2), (14, 5, 4, 3), (148, 4, 4, 2), (0, 3, 1, 2))


@exercise(
    "ch03.peek",
    title="How lucky is the best of many?",
    level=2,
    minutes=12,
    statement="""
        `m` useless models answer `n` yes-or-no questions by tossing a fair coin. Write
        `at_least(k, n, m)`: the probability that the *best* of them has at least `k` right answers.
    """,
    stub="""
        def at_least(k, n, m):
            return ...  # a probability
    """,
    solution="""
        def at_least(k, n, m):
            from math import comb
            below = sum(comb(n, i) for i in range(k)) / 2**n
            return 1 - below**m
    """,
    explanation=r"""
        One model stays below $k$ with probability $F = \sum_{i<k} \binom{n}{i} / 2^n$. All $m$ stay
        below with $F^m$, so the best reaches $k$ with $1 - F^m$. With enough tries any score is
        reached. That is what happens to a test set that has been asked a thousand times.
    """,
    hints=(
        "The best is below k exactly when all of them are below k.",
        "One model is below k with probability (C(n,0) + … + C(n,k−1)) / 2ⁿ.",
    ),
    wrong={
        "all_reach": (
            "def at_least(k, n, m):\n"
            "    from math import comb\n"
            "    return (sum(comb(n, i) for i in range(k, n + 1)) / 2**n) ** m",
            "*all* of them",
        ),
        "one_model": (
            "def at_least(k, n, m):\n"
            "    from math import comb\n"
            "    return sum(comb(n, i) for i in range(k, n + 1)) / 2**n",
            "a single model",
        ),
        "off_by_one": (
            "def at_least(k, n, m):\n"
            "    from math import comb\n"
            "    return 1 - (sum(comb(n, i) for i in range(k + 1)) / 2**n) ** m",
            "more than k",
        ),
        "times_m": (
            "def at_least(k, n, m):\n"
            "    from math import comb\n"
            "    return m * sum(comb(n, i) for i in range(k, n + 1)) / 2**n",
            "may be lucky together",
        ),
    },
)
def _peek(answer: Any) -> None:
    for k, n, m in ((3, 4, 2), (2, 3, 3), (0, 3, 2), (4, 4, 1), (5, 6, 3)):
        # Count the right answers of one model over all 2ⁿ tosses.
        counts = [sum(toss) for toss in product((0, 1), repeat=n)]
        reach = Fraction(sum(c >= k for c in counts), len(counts))
        beyond = Fraction(sum(c > k for c in counts), len(counts))
        causes = [(float(m * reach), "two models may be lucky together; adding counts them twice.")]
        if m > 1:
            causes += [
                (float(reach**m), "that is the chance that *all* of them reach k."),
                (float(reach), "that is the chance of a single model."),
            ]
        causes.append((float(1 - (1 - beyond) ** m), "that is the chance of more than k right."))
        number(
            called(answer, k, n, m, name="at_least"),
            float(1 - (1 - reach) ** m),
            causes=causes,
            name=f"at_least({k}, {n}, {m})",
        )
