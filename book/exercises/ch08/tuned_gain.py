"""Two designs, each tuned on some seeds and judged on the others."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number, unlike


def tuned_gain(a, b, tuning):
    best_a = min(a, key=lambda scores: scores[:tuning].mean())
    best_b = min(b, key=lambda scores: scores[:tuning].mean())
    return best_a[tuning:].mean() - best_b[tuning:].mean()


@mistake("a's rate")
def rival_untuned(a, b, tuning):
    best = a[:, :tuning].mean(axis=1).argmin()
    return a[best, tuning:].mean() - b[best, tuning:].mean()


@mistake("seeds that judge also chose")
def all_seeds_choose(a, b, tuning):
    best_a, best_b = a.mean(axis=1).argmin(), b.mean(axis=1).argmin()
    return a[best_a, tuning:].mean() - b[best_b, tuning:].mean()


@mistake("seeds that chose are judged")
def judged_where_tuned(a, b, tuning):
    return a[:, :tuning].mean(axis=1).min() - b[:, :tuning].mean(axis=1).min()


@mistake("best seed")
def best_seed(a, b, tuning):
    return a[:, tuning:].min() - b[:, tuning:].min()


@mistake("the other way round")
def turned(a, b, tuning):
    best_a = a[:, :tuning].mean(axis=1).argmin()
    best_b = b[:, :tuning].mean(axis=1).argmin()
    return b[best_b, tuning:].mean() - a[best_a, tuning:].mean()


def judge(answer: Any) -> None:
    # The seeds that tune and those that judge disagree about the best rate.
    a = np.array([[5.0, 5.2, 0.8, 0.9, 0.7], [2.0, 2.4, 3.0, 3.3, 3.1], [4.0, 4.1, 4.2, 4.5, 4.4]])
    b = np.array([[3.0, 3.3, 3.6, 3.2, 3.7], [6.0, 6.1, 0.5, 0.2, 0.4], [1.0, 1.9, 2.0, 2.6, 2.3]])
    for x, y, tuning in ((a, b, 2), (b, a, 2), (a[:2], b[:2], 1)):

        def chosen(scores: Any, first: int, last: int) -> int:
            sums = [sum(row[first:last]) for row in scores.tolist()]
            return sums.index(min(sums))

        def late(scores: Any, row: int, after: int = tuning) -> float:
            values = scores.tolist()[row][after:]
            return float(sum(values) / len(values))

        row_x, row_y = chosen(x, 0, tuning), chosen(y, 0, tuning)
        right = late(x, row_x) - late(y, row_y)
        whole = late(x, chosen(x, 0, 5)) - late(y, chosen(y, 0, 5))
        early = min(sum(r[:tuning]) for r in x.tolist()) - min(sum(r[:tuning]) for r in y.tolist())
        causes = unlike(
            right,
            (late(x, row_x) - late(y, row_x), "b runs at a's rate; tune it too."),
            (whole, "the seeds that judge also chose the rate."),
            (early / tuning, "the seeds that chose are judged; use the remaining ones."),
            (x[:, tuning:].min() - y[:, tuning:].min(), "that takes the best seed."),
            (-right, "that is the other way round: loss of a minus loss of b."),
        )
        number(
            called(answer, x, y, tuning, name="tuned_gain"),
            right,
            causes=causes,
            name=f"tuned_gain with {tuning} tuning seeds",
        )
