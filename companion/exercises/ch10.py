"""Chapter 10, sources and law: which law applies, the largest fine, who can be singled out."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from companion.exercises.compare import called, number, truth
from companion.exercises.registry import Wrong, exercise


@exercise(
    "ch10.ccpa",
    title="Does the California act apply?",
    level=1,
    minutes=8,
    statement="""
        A firm does business for profit in California. Write
        `applies(revenue, consumers, share_sold)`: `True` if the California act binds it: a yearly
        revenue **above** `26_625_000` dollars, or data of at least `100_000` consumers or
        households bought, sold or shared in a year, or at least half of its revenue from selling or
        sharing data. `share_sold` is that part of the revenue, from 0 to 1.
    """,
    stub="""
        def applies(revenue, consumers, share_sold):
            return ...  # True or False
    """,
    solution="""
        def applies(revenue, consumers, share_sold):
            return revenue > 26_625_000 or consumers >= 100_000 or share_sold >= 0.5
    """,
    explanation="""
        One of the three is enough. A small data broker is bound by the third alone, and a large
        factory by the first, though it never sells data. The European regulation has no such
        thresholds: it binds nearly everyone who processes personal data, and then asks what for.
        The first number is adjusted to prices every second year, so look it up.
    """,
    hints=("One of the three conditions is enough.", "Above is `>`, at least is `>=`."),
    wrong={
        "all_three": (
            "def applies(revenue, consumers, share_sold):\n"
            "    return revenue > 26_625_000 and consumers >= 100_000 and share_sold >= 0.5",
            "one of the three",
        ),
        "no_broker": (
            "def applies(revenue, consumers, share_sold):\n"
            "    return revenue > 26_625_000 or consumers >= 100_000",
            "selling",
        ),
        "at_least_revenue": (
            "def applies(revenue, consumers, share_sold):\n"
            "    return revenue >= 26_625_000 or consumers >= 100_000 or share_sold >= 0.5",
            "above",
        ),
        "more_than_consumers": (
            "def applies(revenue, consumers, share_sold):\n"
            "    return revenue > 26_625_000 or consumers > 100_000 or share_sold > 0.5",
            "at least",
        ),
    },
)
def _ccpa(answer: Any) -> None:
    cases = [
        ((30_000_000, 0, 0.0), True, "one of the three is enough; here the revenue is."),
        ((1_000_000, 200_000, 0.0), True, "one of the three is enough; here the consumers are."),
        ((10_000, 5, 0.8), True, "most of its revenue is from selling data; that is enough."),
        ((26_625_001, 0, 0.0), True, "the revenue is above the threshold."),
        ((26_625_000, 0, 0.0), False, "the revenue must lie above the threshold, not on it."),
        ((0, 100_000, 0.0), True, "at least 100,000 consumers: the number itself counts."),
        ((0, 99_999, 0.0), False, "there are fewer than 100,000 consumers."),
        ((0, 0, 0.5), True, "at least half of the revenue: one half counts."),
        ((1_000_000, 500, 0.49), False, "none of the three holds."),
    ]
    for arguments, right, cause in cases:
        value = truth(called(answer, *arguments, name="applies"), name="applies")
        if value is not right:
            raise Wrong(f"applies{arguments} is {value}: {cause}")


@exercise(
    "ch10.fine",
    title="The largest fine",
    level=1,
    minutes=6,
    statement="""
        The European regulation sets two ranks of fines. For the graver one (Art. 83(5): principles,
        legal basis, people's rights) the limit is 20 million euros or 4 % of the world turnover of
        the year before, **whichever is higher**; for the other (Art. 83(4)) it is 10 million or
        2 %. Write `largest_fine(turnover, grave)` in euros; `grave` is `True` or `False`.
    """,
    stub="""
        def largest_fine(turnover, grave):
            return ...  # euros
    """,
    solution="""
        def largest_fine(turnover, grave):
            rank = 2 if grave else 1
            return max(rank * 10_000_000, rank * turnover / 50)
    """,
    explanation="""
        For a firm below 500 million euros of turnover the fixed sum is higher, above it the share.
        The turnover is that of the whole group, in the whole world, of the year before.
    """,
    hints=("Whichever is higher: which function is that?",),
    wrong={
        "lower": (
            "def largest_fine(turnover, grave):\n"
            "    rank = 2 if grave else 1\n"
            "    return min(rank * 10_000_000, rank * turnover / 50)",
            "higher",
        ),
        "sum": (
            "def largest_fine(turnover, grave):\n"
            "    rank = 2 if grave else 1\n"
            "    return rank * 10_000_000 + rank * turnover / 50",
            "not both",
        ),
        "ranks_exchanged": (
            "def largest_fine(turnover, grave):\n"
            "    rank = 1 if grave else 2\n"
            "    return max(rank * 10_000_000, rank * turnover / 50)",
            "exchanged",
        ),
        "share_only": (
            "def largest_fine(turnover, grave):\n    return turnover * (0.04 if grave else 0.02)",
            "fixed sum",
        ),
    },
)
def _fine(answer: Any) -> None:
    for turnover, grave, euros in (
        (3_000_000_000, True, 120_000_000),
        (3_000_000_000, False, 60_000_000),
        (50_000_000, True, 20_000_000),
        (50_000_000, False, 10_000_000),
    ):
        fixed, share = (20_000_000, 0.04) if grave else (10_000_000, 0.02)
        number(
            called(answer, turnover, grave, name="largest_fine"),
            euros,
            causes=[
                (fixed + share * turnover, "one of the two is the limit, not both together."),
                (euros / 2 if grave else euros * 2, "the two ranks are exchanged."),
                (share * turnover, "the fixed sum is the limit when the share is lower."),
                (min(fixed, share * turnover), "the higher of the two is the limit."),
            ],
            rtol=1e-9,
            unit="euros",
            name=f"largest_fine({turnover}, {grave})",
        )


@exercise(
    "ch10.anonymous",
    title="Who stands alone?",
    level=2,
    minutes=15,
    statement="""
        `table` is an array of whole numbers, one person a row; names and addresses are removed.
        `columns` lists the columns that a stranger could know: birth year, postcode, sex. Write
        `smallest_group(table, columns)`: how many people share the rarest combination of these
        columns. If it is 1, someone can be singled out, and the data are not anonymous.
    """,
    stub="""
        def smallest_group(table, columns):
            return ...  # a whole number
    """,
    solution="""
        def smallest_group(table, columns):
            known = table[:, columns]
            _, counts = np.unique(known, axis=0, return_counts=True)
            return counts.min()
    """,
    explanation="""
        The number is the *k* of k-anonymity. Removing names does not make data anonymous in the
        sense of the European regulation: its recital 26 asks whether someone can be singled out by
        means that are reasonably likely to be used. The columns work together, so each of them may
        look harmless.
    """,
    hints=(
        "`np.unique(…, axis=0, return_counts=True)` counts equal rows.",
        "Take only the known columns first.",
    ),
    wrong={
        "all_columns": (
            "def smallest_group(table, columns):\n"
            "    return np.unique(table, axis=0, return_counts=True)[1].min()",
            "only the known columns",
        ),
        "each_alone": (
            "def smallest_group(table, columns):\n"
            "    return min(np.unique(table[:, c], return_counts=True)[1].min() for c in columns)",
            "together",
        ),
        "combinations": (
            "def smallest_group(table, columns):\n"
            "    return len(np.unique(table[:, columns], axis=0))",
            "how many combinations",
        ),
        "largest": (
            "def smallest_group(table, columns):\n"
            "    return np.unique(table[:, columns], axis=0, return_counts=True)[1].max()",
            "largest",
        ),
    },
)
def _anonymous(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for people, columns in ((400, [0, 2]), (300, [1, 3])):
        table = np.column_stack(
            [
                rng.integers(0, 5, people),
                rng.integers(0, 6, people),
                rng.integers(0, 3, people),
                rng.integers(0, 4, people),
                rng.permutation(people),
            ]
        )
        # Thin one combination, so that alone, together and all columns differ.
        low = (table[:, columns[0]] == 0) & (table[:, columns[1]] == 0)
        table = np.delete(table, np.flatnonzero(low)[3:], axis=0)
        seen = Counter(tuple(int(v) for v in row[columns]) for row in table)
        alone = min(min(Counter(table[:, c].tolist()).values()) for c in columns)
        number(
            called(answer, table, columns, name="smallest_group"),
            min(seen.values()),
            causes=[
                (1, "a row number singles out everyone; count only the known columns."),
                (alone, "that is each column alone; they are known together."),
                (len(seen), "that is how many combinations there are."),
                (max(seen.values()), "that is the largest group."),
            ],
            name="smallest_group(table, columns)",
        )
