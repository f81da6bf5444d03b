"""Chapter 1, background: bits, tables, the value of data, compute, decisions, secrets, fairness."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from companion.exercises.compare import array, called, number
from companion.exercises.registry import Wrong, exercise


@exercise(
    "ch01.bits",
    title="The price of a character",
    level=1,
    minutes=5,
    statement="""
        A model reads a text it has never seen. `p`, shape `(n,)`, holds the probability that it
        gave to each character that really came. Write `bits(p)`: the mean number of bits that a
        character cost.
    """,
    stub="""
        def bits(p):
            return ...  # your code
    """,
    solution="""
        def bits(p):
            return -np.mean(np.log2(p))
    """,
    explanation=r"""
        A probability of one half costs one bit, a quarter two bits: $-\log_2 p$. Averaged over a
        text, this is the cross-entropy in bits. `keras` uses the natural logarithm and calls the
        unit a nat; one nat is $1/\ln 2$ bits.
    """,
    hints=(
        "A character that got probability 1/8 costs 3 bits.",
        "Take the logarithm of each probability first, and the mean afterwards.",
    ),
    wrong={
        "natural_logarithm": ("def bits(p):\n    return -np.mean(np.log(p))", "natural logarithm"),
        "logarithm_of_the_mean": (
            "def bits(p):\n    return -np.log2(np.mean(p))",
            "mean of the probabilities",
        ),
        "sum": ("def bits(p):\n    return -np.sum(np.log2(p))", "the whole text"),
        "sign": ("def bits(p):\n    return np.mean(np.log2(p))", "sign"),
    },
)
def _bits(answer: Any) -> None:
    # The oracle counts halvings: these probabilities are powers of one half, so no log is needed.
    for seed, n in ((0, 5), (1, 40), (2, 1)):
        halvings = np.random.default_rng(seed).integers(0, 12, n) + np.arange(n) % 2
        p = 0.5**halvings
        expected = halvings.sum() / n
        number(
            called(answer, p, name="bits"),
            expected,
            causes=[
                (expected * np.log(2), "that is the natural logarithm; bits need base 2."),
                (-expected, "the sign is turned; a cost is positive."),
                (halvings.sum(), "that is the cost of the whole text; divide by its length."),
                (-np.log2(p.mean()), "the mean of the probabilities came before the logarithm."),
            ],
            unit="bits",
            name="bits",
        )


@exercise(
    "ch01.lookup",
    title="One row of the table",
    level=2,
    minutes=8,
    statement="""
        Write `followers(text, context)`: a dictionary that says how often each character follows
        `context` in `text`. It is one row of the lookup table. Occurrences may overlap: in
        `"aaab"` the context `"aa"` is followed by `"a"` once and by `"b"` once.
    """,
    stub="""
        def followers(text, context):
            return ...  # a dictionary, character -> count
    """,
    solution="""
        def followers(text, context):
            row = {}
            for end in range(len(context), len(text)):
                if text[end - len(context) : end] == context:
                    row[text[end]] = row.get(text[end], 0) + 1
            return row
    """,
    explanation="""
        Go through all places, compare the characters before the place with the context, and count
        what stands there. The empty context fits everywhere: its row counts the letters.
    """,
    hints=(
        "Go through the positions of the character that follows; the context is the slice before.",
        "Which is the first position that has a whole context before it? Which is the last?",
    ),
    wrong={
        "no_overlap": (
            """
def followers(text, context):
    row, start = {}, text.find(context)
    while start >= 0 and start + len(context) < len(text):
        char = text[start + len(context)]
        row[char] = row.get(char, 0) + 1
        start = text.find(context, start + max(1, len(context)))
    return row
""",
            "overlap",
        ),
        "counts_once": (
            """
def followers(text, context):
    ends = range(len(context), len(text))
    return {text[e]: 1 for e in ends if text[e - len(context) : e] == context}
""",
            "how often",
        ),
        "last_character_missing": (
            """
def followers(text, context):
    row = {}
    for end in range(len(context), len(text) - 1):
        if text[end - len(context) : end] == context:
            row[text[end]] = row.get(text[end], 0) + 1
    return row
""",
            "last character",
        ),
        "only_first": (
            """
def followers(text, context):
    at = text.find(context)
    return {text[at + len(context)]: 1} if 0 <= at < len(text) - len(context) else {}
""",
            "first place",
        ),
    },
)
def _followers(answer: Any) -> None:
    for text, context in (
        ("the cat ate the hat", "at"),
        ("the cat and the hat", "th"),
        ("aaaaab", "aa"),
        ("abab", "c"),
        ("abcabd", "ab"),
        ("banana", ""),
    ):
        row = called(answer, text, context, name="followers")
        if not isinstance(row, dict):
            raise Wrong(f"followers should return a dictionary, not a {type(row).__name__}.")
        found = re.finditer(f"(?={re.escape(context)}(.))", text, flags=re.DOTALL)
        expected = Counter(match[1] for match in found)
        got = {key: value for key, value in row.items() if value != 0}
        if got != dict(expected):
            raise Wrong(_row_fault(text, context, got, expected))


def _row_fault(text: str, context: str, got: dict[str, Any], expected: Counter[str]) -> str:
    where = f"in {text!r}, after {context!r}"
    apart = Counter(m[1] for m in re.finditer(f"{re.escape(context)}(?=(.))", text))
    without_last = expected - Counter({text[-1]: int(text[:-1].endswith(context))})
    mistakes = (
        (without_last, "The last character of the text is missing"),
        (dict([next(iter(expected.items()), ("", 0))]), "Only the first place was counted"),
        (dict.fromkeys(expected, 1), "The right characters, but not how often they come"),
        (apart, "An overlap was missed, for an occurrence may begin inside the last one"),
    )
    for row, mistake in mistakes:
        if got == dict(row):
            return f"{mistake}, {where}."
    return f"Yours says {got}, {where}; right is {dict(expected)}."


@exercise(
    "ch01.more-data",
    title="The price of halving an error",
    level=2,
    minutes=8,
    statement=r"""
        A learning curve falls as $e(n) = f + b\,n^{-c}$: a floor $f$ and an excess that dies out.
        Write `times_more(share, c)`: by what factor must the number of examples grow, so that only
        the given share of the excess is left? `share` is between 0 and 1, and one half means that
        the excess is halved.
    """,
    stub="""
        def times_more(share, c):
            return ...  # a factor
    """,
    solution="""
        def times_more(share, c):
            return share ** (-1 / c)
    """,
    explanation=r"""
        The excess becomes $b\,(kn)^{-c} = k^{-c} \cdot b\,n^{-c}$, so $k^{-c}$ is the share and
        $k = \mathrm{share}^{-1/c}$. Neither $b$ nor $n$ matters. With $c = 1/2$, the rate of an
        average, half the excess costs four times the data. Language models have a $c$ near one
        tenth for parameters and data alike: half the excess costs a thousand times.
    """,
    hints=(
        "Write the excess for k·n examples, and divide it by the excess for n.",
        "Solve $k^{-c} = $ share for k.",
    ),
    wrong={
        "linear": ("def times_more(share, c):\n    return 1 / share", "error in proportion"),
        "exponent_not_inverted": (
            "def times_more(share, c):\n    return share ** (-c)",
            "exponent is upside down",
        ),
        "product": ("def times_more(share, c):\n    return 1 / (share * c)", "not a product"),
        "sign": ("def times_more(share, c):\n    return share ** (1 / c)", "fewer examples"),
    },
)
def _times_more(answer: Any) -> None:
    for share, c in ((0.5, 0.5), (0.5, 0.25), (0.1, 1.5), (0.9, 0.1)):
        low, high = 0.0, 100.0  # bisection on the logarithm of the factor: the excess only falls
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if np.exp(-c * middle) > share else (low, middle)
        number(
            called(answer, share, c, name="times_more"),
            float(np.exp(high)),
            causes=[
                (1 / share, "that would be an error in proportion to 1/n, where c is 1."),
                (share**-c, "the exponent is upside down: this is what 1/c examples would do."),
                (1 / (share * c), "the two numbers work as a power, not a product."),
                (share ** (1 / c), "that is below 1, fewer examples than before."),
            ],
            name="times_more",
        )


@exercise(
    "ch01.compute",
    title="GPT-3 on a small machine",
    level=1,
    minutes=5,
    statement="""
        Training a language model costs about six operations for each parameter and each token: two
        to predict, four to learn. Write `years(parameters, tokens, per_second)`: how many years a
        machine needs that does `per_second` operations a second.
    """,
    stub="""
        def years(parameters, tokens, per_second):
            return ...  # your code
    """,
    solution="""
        def years(parameters, tokens, per_second):
            return 6 * parameters * tokens / per_second / (365.25 * 24 * 3600)
    """,
    explanation="""
        Each parameter takes part in one multiplication and one addition when a token is read; the
        backward pass costs twice as much as the forward pass. A machine of one million million
        operations a second would train GPT-3 for about ten thousand years.
    """,
    hints=(
        "Operations: six times parameters times tokens.",
        r"A year has $365.25 \cdot 24 \cdot 3600$ seconds.",
    ),
    wrong={
        "forward_only": (
            "def years(parameters, tokens, per_second):\n"
            "    return 2 * parameters * tokens / per_second / (365.25 * 86400)",
            "forward pass alone",
        ),
        "hours": (
            "def years(parameters, tokens, per_second):\n"
            "    return 6 * parameters * tokens / per_second / 3600",
            "hours",
        ),
        "seconds": (
            "def years(parameters, tokens, per_second):\n"
            "    return 6 * parameters * tokens / per_second",
            "seconds",
        ),
        "one_operation": (
            "def years(parameters, tokens, per_second):\n"
            "    return parameters * tokens / per_second / (365.25 * 86400)",
            "six operations",
        ),
    },
)
def _years(answer: Any) -> None:
    for parameters, tokens, per_second in ((1e6, 1e9, 1e9), (174_604_259_328, 300e9, 1e12)):
        # Forward: 2 operations a weight and token. Backward: 2 for inputs and 2 for weights.
        seconds = sum(2 * tokens / per_second * parameters for _ in ("read", "inputs", "weights"))
        right = seconds / 31_557_600
        number(
            called(answer, parameters, tokens, per_second, name="years"),
            right,
            causes=[
                (right / 3, "that counts the forward pass alone; learning costs twice as much."),
                (seconds / 3600, "those are hours."),
                (seconds, "those are seconds."),
                (right / 6, "each parameter and token needs six operations, not one."),
            ],
            rtol=2e-3,  # a year of 365 days is right too
            unit="years",
            name="years",
        )


@exercise(
    "ch01.decide",
    title="From a score to a decision",
    level=2,
    minutes=8,
    statement="""
        A model says with probability `p`, shape `(n,)`, that a payment is fraud. Stopping an honest
        payment costs `alarm`; letting a fraud pass costs `miss`. Write `stop(p, alarm, miss)`: an
        array of `True` where stopping costs less on average, and `False` elsewhere.
    """,
    stub="""
        def stop(p, alarm, miss):
            return ...  # shape (n,), True or False
    """,
    solution="""
        def stop(p, alarm, miss):
            return (1 - p) * alarm < p * miss
    """,
    explanation=r"""
        Stopping costs $(1-p)\cdot\mathrm{alarm}$ on average, passing costs
        $p\cdot\mathrm{miss}$. They are equal at
        $p = \mathrm{alarm}/(\mathrm{alarm}+\mathrm{miss})$. The model never learns these costs:
        a person states them, and the same scores give other decisions.
    """,
    hints=(
        "When does a stopped payment cost anything? With which probability?",
        "Compare (1 − p) · alarm with p · miss.",
    ),
    wrong={
        "one_half": ("def stop(p, alarm, miss):\n    return p > 0.5", "whatever the costs"),
        "swapped": ("def stop(p, alarm, miss):\n    return (1 - p) * miss < p * alarm", "swapped"),
        "odds": ("def stop(p, alarm, miss):\n    return p > alarm / miss", "ratio of the costs"),
        "turned": ("def stop(p, alarm, miss):\n    return (1 - p) * alarm > p * miss", "opposite"),
    },
)
def _stop(answer: Any) -> None:
    for alarm, miss in ((1.0, 9.0), (3.0, 1.0), (2.0, 2.5)):
        frauds = np.arange(1, 1000, 2)  # among 1,000 payments with the same score
        p = frauds / 1000
        frauds = frauds[frauds * (alarm + miss) != 1000 * alarm]  # leave ties out
        p = frauds / 1000
        right = np.array([min((1000 - f) * alarm, f * miss) != f * miss for f in frauds])
        array(
            called(answer, p, alarm, miss, name="stop"),
            right,
            causes=[
                (p > 0.5, "you stop above one half, whatever the costs are."),
                (p > miss / (alarm + miss), "the two costs are swapped."),
                (p > alarm / miss, "p is compared with the ratio of the costs; use a share."),
                (~right, "you do the opposite: a low p should pass."),
            ],
            name="stop",
        )


@exercise(
    "ch01.exposure",
    title="How exposed is a secret?",
    level=2,
    minutes=10,
    statement=r"""
        A model scores every possible secret with a log-probability: `scores`, shape `(R,)`. The
        true one stands at index `true`. Its *rank* is the number of candidates that score at least
        as high, itself included. Write `exposure(scores, true)`, that is
        $\log_2 R - \log_2 \mathrm{rank}$ in bits.
    """,
    stub="""
        def exposure(scores, true):
            return ...  # bits
    """,
    solution="""
        def exposure(scores, true):
            rank = np.sum(scores >= scores[true])
            return np.log2(len(scores)) - np.log2(rank)
    """,
    explanation=r"""
        Without the model you would have to try half of the $R$ candidates on average. With it, you
        try the likeliest first, and reach the secret at its rank. Each bit of exposure halves the
        work. The largest exposure is $\log_2 R$: the first guess is right.
    """,
    hints=(
        "How many scores are at least `scores[true]`?",
        "The likeliest candidate has rank 1 and exposure log2(R).",
    ),
    wrong={
        "natural_logarithm": (
            "def exposure(scores, true):\n"
            "    return np.log(len(scores)) - np.log(np.sum(scores >= scores[true]))",
            "natural logarithm",
        ),
        "counts_from_below": (
            "def exposure(scores, true):\n"
            "    return np.log2(len(scores)) - np.log2(np.sum(scores <= scores[true]))",
            "from the unlikeliest",
        ),
        "ties_count_for_the_secret": (
            "def exposure(scores, true):\n"
            "    return np.log2(len(scores)) - np.log2(1 + np.sum(scores > scores[true]))",
            "score the same",
        ),
        "rank_only": (
            "def exposure(scores, true):\n    return -np.log2(np.sum(scores >= scores[true]))",
            "log2 of R",
        ),
        "rank_from_zero": (
            "def exposure(scores, true):\n"
            "    rank = np.sum(scores > scores[true])\n"
            "    return np.log2(len(scores)) - np.log2(max(rank, 1e-300))",
            "itself",
        ),
    },
)
def _exposure(answer: Any) -> None:
    rng = np.random.default_rng(0)
    plain = np.log(rng.dirichlet(np.ones(64)))
    tied = np.array([-3.0, -1.0, -2.0, -2.0, -2.0, -5.0, -4.0, -2.0])
    best = int(np.argmax(plain))
    for scores, true in ((plain, 7), (plain, best), (tied, 3), (tied, 1), (plain, 40)):
        ordered = sorted(scores, reverse=True)
        rank = len(ordered) - ordered[::-1].index(scores[true])
        strict = ordered.index(scores[true])
        below = len(scores) - strict
        R = len(scores)
        value = called(answer, scores, true, name="exposure")
        causes: list[tuple[Any, str]] = [
            (np.log(R / rank), "that is the natural logarithm; bits need base 2."),
            (np.log2(R / below), "the rank was counted from the unlikeliest."),
            (np.log2(R / (strict + 1)), "candidates that score the same are tried first."),
            (-np.log2(rank), "log2 of R is missing."),
            (
                np.log2(R / max(strict, 1e-300)),
                "the rank counts the secret itself: it begins at 1.",
            ),
        ]
        number(value, float(np.log2(R / rank)), causes=causes, unit="bits", name="exposure")


@exercise(
    "ch01.false-alarms",
    title="What equal precision forces",
    level=3,
    minutes=15,
    statement=r"""
        A share `base` of a group will do what a score tries to foresee. Of the people it flags, a
        share `ppv` really do; of those who do, it misses a share `fnr`. Write
        `false_alarm_rate(base, ppv, fnr)`: the share flagged among those who do *not*. It follows
        from the three numbers alone.
    """,
    stub="""
        def false_alarm_rate(base, ppv, fnr):
            return ...  # a share
    """,
    solution="""
        def false_alarm_rate(base, ppv, fnr):
            return base / (1 - base) * (1 - ppv) / ppv * (1 - fnr)
    """,
    explanation=r"""
        Of 1 person, $p\,(1-\mathrm{fnr})$ is flagged rightly, with $p$ for `base`. Flagged rightly
        to flagged wrongly is as $\mathrm{ppv}$ to $1-\mathrm{ppv}$, so
        $p\,(1-\mathrm{fnr})(1-\mathrm{ppv})/\mathrm{ppv}$ is flagged wrongly; divide by the $1-p$
        who do not. Two groups with the same precision and the same misses, but different base
        rates, *must* have different false-alarm rates.
    """,
    hints=(
        "Take a thousand people and fill the table of four counts.",
        "Flagged wrongly = flagged rightly · (1 − ppv) / ppv.",
        "Divide those by the people who do not: 1 − base.",
    ),
    wrong={
        "misses_instead_of_hits": (
            "def false_alarm_rate(base, ppv, fnr):\n"
            "    return base / (1 - base) * (1 - ppv) / ppv * fnr",
            "misses",
        ),
        "divided_by_everybody": (
            "def false_alarm_rate(base, ppv, fnr):\n    return base * (1 - ppv) / ppv * (1 - fnr)",
            "everybody",
        ),
        "precision_upside_down": (
            "def false_alarm_rate(base, ppv, fnr):\n"
            "    return base / (1 - base) * ppv / (1 - ppv) * (1 - fnr)",
            "upside down",
        ),
        "share_of_the_flagged": (
            "def false_alarm_rate(base, ppv, fnr):\n    return 1 - ppv",
            "among the flagged",
        ),
    },
)
def _false_alarm_rate(answer: Any) -> None:
    for hits, missed, alarms, quiet in ((60, 40, 30, 870), (1369, 532, 805, 990), (9, 1, 1, 89)):
        base = (hits + missed) / (hits + missed + alarms + quiet)
        ppv, fnr = hits / (hits + alarms), missed / (hits + missed)
        number(
            called(answer, base, ppv, fnr, name="false_alarm_rate"),
            alarms / (alarms + quiet),
            causes=[
                (alarms / (alarms + quiet) * missed / hits, "the misses are used, not the hits."),
                (
                    alarms / (alarms + quiet + hits + missed),
                    "that is a share of everybody; divide by those who do not.",
                ),
                (hits * hits / alarms / (alarms + quiet), "the ratio of ppv is upside down."),
                (1 - ppv, "that is the share of errors among the flagged."),
            ],
            name="false_alarm_rate",
        )
