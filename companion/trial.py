"""The statistics of a trial: repeated runs, intervals that keep their promise, controls, tuning.

Arms are compared on the same seeds or rows, so that what these do to both falls out of the
difference. Which interval is right depends on what was repeated: a few runs, each a number
(:func:`mean_interval`, :func:`paired_difference`); rows that are right or wrong
(:func:`share_interval`); many rows and any statistic of them (:func:`bootstrap_interval`). Of k
comparisons in one table, ask each for a coverage of ``1 - 0.05 / k`` (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from companion.errors import CourseError
from companion.progress import watched

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """An estimate and the interval around it, such as ``A - B = 3.2 [1.1, 5.3] (95 %, 5 pairs)``.

    ``str`` shows as many decimals as the width deserves, ``f"{gain:.1%}"`` those asked for;
    ``0 in gain`` asks whether the interval holds zero.

    Attributes:
        name: what was estimated.
        value: the estimate.
        low: lower end.
        high: upper end.
        coverage: how often such an interval holds the truth, between 0 and 1.
        count: how many units were seen.
        unit: what was repeated: pairs, runs, rows.
    """

    name: str
    value: float
    low: float
    high: float
    coverage: float
    count: int
    unit: str

    @property
    def ends(self) -> tuple[float, float]:
        """Lower and upper end."""
        return self.low, self.high

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __format__(self, spec: str) -> str:
        width = self.high - self.low
        fitting = max(0, 1 - math.floor(math.log10(width))) if 0 < width < math.inf else 2
        value, low, high = (format(x, spec or f".{fitting}f") for x in (self.value, *self.ends))
        how = f"{100 * self.coverage:g} %, {self.count} {self.unit}"
        return f"{self.name} = {value} [{low}, {high}] ({how})"

    def __str__(self) -> str:
        return format(self)


def repeated(run: Callable[[int], ArrayLike], seeds: Iterable[int], *, show: bool = True) -> Floats:
    """Run once a seed, with a line of progress where someone looks.

    Args:
        run: of a seed; returns a number, or an array such as one score an arm. What all arms draw
            from the seed makes their scores a pair: ``ours, rival = repeated(run, range(5)).T``.
        seeds: all different, five or more.
        show: that line.

    Returns:
        What the runs returned, shape ``(seeds, …)``.

    Raises:
        CourseError: no seed, or one twice.
    """
    wanted = list(seeds)
    if not wanted or len(set(wanted)) < len(wanted):
        raise CourseError(f"Repeats need seeds that are all different, not {wanted}.")
    return np.array([run(seed) for seed in watched(wanted, show=show)], float)


def mean_interval(
    values: ArrayLike, name: str = "mean", *, coverage: float = 0.95, unit: str = "runs"
) -> Interval:
    """Interval of the mean of a few independent numbers, by Student's t (1908).

    The coverage is exact for normal numbers, however few, and hardly lower for symmetric ones. It
    is too low for skewed ones: of exponential numbers 95 % are in truth 89 % with five and 90 %
    with ten, of log-normal ones 82 and 84 %; take logarithms of what is never negative. It means
    little for outcomes that are all or nothing; those need :func:`share_interval`.

    Args:
        values: one number a run, shape ``(runs,)``; rows of one run are no runs.
        name: of the estimate, for its line.
        coverage: wanted, between 0 and 1.
        unit: what was repeated.

    Raises:
        CourseError: fewer than two numbers, some not finite, or all equal: no spread was seen.
    """
    numbers = np.asarray(values, float)
    if numbers.ndim != 1 or len(numbers) < 2 or not np.isfinite(numbers).all():
        raise CourseError(
            f"An interval needs a list of two or more finite numbers, not {numbers.tolist()}."
        )
    if np.ptp(numbers) == 0:
        raise CourseError(
            f"All {len(numbers)} {unit} gave {numbers[0]:g}, which shows no spread; let the seed "
            "reach what is drawn, or measure something finer."
        )
    n, mean = len(numbers), float(numbers.mean())
    half = float(stats.t.ppf((1 + coverage) / 2, n - 1) * numbers.std(ddof=1) / math.sqrt(n))
    return Interval(name, mean, mean - half, mean + half, coverage, n, unit)


def paired_difference(
    a: ArrayLike, b: ArrayLike, names: tuple[str, str] = ("A", "B"), *, coverage: float = 0.95
) -> Interval:
    """Interval of the mean of ``a - b``, pair by pair; it covers as :func:`mean_interval` does.

    Args:
        a: one number a seed or split, shape ``(pairs,)``.
        b: the other arm's, on the same seeds or splits.
        names: of the arms.
        coverage: wanted, between 0 and 1.

    Raises:
        CourseError: shapes that differ, and as :func:`mean_interval`.
    """
    if np.shape(a) != np.shape(b):
        raise CourseError(f"Pairs need as many of each, not {np.shape(a)} and {np.shape(b)}.")
    gains = np.asarray(a, float) - np.asarray(b, float)
    return mean_interval(gains, " - ".join(names), coverage=coverage, unit="pairs")


def share_interval(
    successes: int, n: int, name: str = "share", *, coverage: float = 0.95
) -> Interval:
    """Interval of a share; sensible for few rows and for shares near 0 or 1 (Wilson, 1927).

    Its coverage swings with the share: the wanted one on average over all shares; with ten rows or
    more and a share from 0.5 to 99.5 %, at least 85 % where 95 % are wanted.

    Args:
        successes: how many of ``n``.
        n: number of independent rows, at least 1.
        name: of the estimate, for its line.
        coverage: wanted, between 0 and 1.

    Raises:
        CourseError: no rows, or more successes than rows.
    """
    if n < 1 or not 0 <= successes <= n:
        raise CourseError(
            f"A share needs between 0 and n successes of at least 1 row, not {successes} of {n}."
        )
    low, high = stats.binomtest(int(successes), int(n)).proportion_ci(coverage, "wilson")
    return Interval(name, successes / n, float(low), float(high), coverage, int(n), "rows")


def bootstrap_interval(
    values: ArrayLike,
    *columns: ArrayLike,
    statistic: Callable[..., Any] = np.mean,
    classes: ArrayLike | None = None,
    name: str = "mean",
    coverage: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
    method: str = "percentile",
) -> Interval:
    """Interval of any statistic of independent rows, by redrawing them (Efron & Tibshirani, 1993).

    It needs many rows: of a normal mean, 95 % are in truth 90 % with ten and 81 % with four. For a
    few runs there is :func:`mean_interval`.

    Args:
        values: shape ``(rows, …)``.
        columns: more of these; rows are redrawn whole, so that pairs stay pairs.
        statistic: a number of all columns, such as scikit-learn's ``roc_auc_score``, or the
            difference of it between two models.
        classes: shape ``(rows,)``; each class is redrawn by itself and keeps its size.
        name: of the estimate, for its line.
        coverage: wanted, between 0 and 1.
        draws: number of redraws.
        seed: of the redraws.
        method: ``"percentile"``, or SciPy's ``"BCa"``, which is better for skewed statistics.

    Raises:
        CourseError: columns of different lengths, or a class of fewer than two rows.
    """
    arrays = [np.asarray(column) for column in (values, *columns)]
    marks = np.zeros(len(arrays[0])) if classes is None else np.asarray(classes)
    groups = [np.flatnonzero(marks == mark) for mark in np.unique(marks)]
    if {len(a) for a in arrays} != {len(marks)} or min(map(len, groups), default=0) < 2:
        raise CourseError(
            f"Redrawing needs columns of one length, not {[len(a) for a in arrays]}, and two or "
            f"more rows of each class, not {[len(group) for group in groups]}."
        )

    def redrawn(*rows: NDArray[Any], axis: int = -1) -> NDArray[Any]:
        drawn = np.concatenate(rows, axis=-1).astype(int)
        return np.apply_along_axis(lambda r: float(statistic(*(a[r] for a in arrays))), -1, drawn)

    rng, how = np.random.default_rng(seed), {"confidence_level": coverage, "method": method}
    found = stats.bootstrap(groups, redrawn, n_resamples=draws, batch=1, rng=rng, **how)
    low, high = (float(end) for end in found.confidence_interval)
    return Interval(name, float(statistic(*arrays)), low, high, coverage, len(marks), "rows")


def shuffled(
    score: Callable[[NDArray[Any]], float], labels: ArrayLike, *, draws: int = 99, seed: int = 0
) -> tuple[Interval, float]:
    """Score labels that have nothing to do with the rows: a negative control.

    Args:
        score: of labels, larger is better. It should train and judge anew each time, so that what
            leaks from the judging into the training shows as a chance that is too good.
        labels: the true ones, shape ``(rows,)``; any row could have had any of them.
        draws: number of shuffles.
        seed: of the shuffles.

    Returns:
        Mean and middle 95 % of the scores by chance, and p: how often chance is as good as the
        true labels, themselves counted, so at least ``1 / (draws + 1)``.
    """
    truth = np.asarray(labels)
    found = stats.permutation_test(
        (np.arange(len(truth)),),
        lambda rows: score(truth[rows]),
        permutation_type="pairings",
        vectorized=False,
        n_resamples=draws,
        alternative="greater",
        rng=np.random.default_rng(seed),
    )
    chance = found.null_distribution
    low, high = np.quantile(chance, [0.025, 0.975])
    name, mean = "labels shuffled", float(chance.mean())
    chances = Interval(name, mean, float(low), float(high), 0.95, len(chance), "shuffles")
    return chances, float(found.pvalue)


def controls(*, negative: Interval, positive: Interval, nothing: float = 0.0) -> str:
    """Show that a check finds nothing where nothing is, and the fault that was planted.

    Args:
        negative: what the check gives where nothing was planted (shuffled, frozen, one arm twice
            with different seeds). At 95 % this fails by chance once in twenty.
        positive: what it gives where the fault was planted on purpose.
        nothing: the value that means "no effect".

    Returns:
        Two lines, one a control.

    Raises:
        CourseError: a control fails; then the check is no evidence.
    """
    if nothing not in negative:
        raise CourseError(f"The negative control should hold {nothing:g}: {negative}.")
    if nothing in positive:
        raise CourseError(f"The positive control should not hold {nothing:g}: {positive}.")
    return f"nothing planted: {negative}\nfault planted:   {positive}"


@dataclass(frozen=True)
class Tuned:
    """The best of a grid.

    Attributes:
        best: its value of each parameter.
        score: there.
        scores: of all combinations, one axis a parameter, in the grid's order.
    """

    best: dict[str, Any]
    score: float
    scores: Floats

    def __str__(self) -> str:
        chosen = ", ".join(f"{name} = {value}" for name, value in self.best.items())
        return f"best of {self.scores.size}: {chosen} (score {self.score:.4g})"


def tuned(
    score: Callable[..., float],
    grid: Mapping[str, Sequence[Any]],
    *,
    minimise: bool = False,
    ends: Mapping[str, Collection[Any]] | None = None,
    show: bool = True,
) -> Tuned:
    """Try all combinations, and refuse an optimum at the edge of a numeric axis.

    Beyond an edge something better may lie: an arm that ends there was not tuned. Of equal scores
    one inside the grid is taken; a score that is not finite never wins.

    Args:
        score: of one value of each parameter, by name; on rows that judge nothing later, and a
            mean over seeds where these matter.
        grid: values to try of each parameter; a single one is a setting and has no edge.
        minimise: the smallest score is the best.
        ends: values beyond which there are none, such as ``{"dropout": [0]}``.
        show: a line of progress where someone looks.

    Raises:
        CourseError: the optimum is at an edge, or no score is finite.
    """
    combinations = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    scores = np.array([float(score(**one)) for one in watched(combinations, show=show)])
    worth = np.where(np.isfinite(scores), -scores if minimise else scores, -np.inf)
    if not np.isfinite(worth).any():
        raise CourseError(f"None of the {len(scores)} combinations has a finite score.")
    equals = [combinations[i] for i in np.flatnonzero(worth == worth.max())]
    edges, best = min(
        ((_edges(one, grid, ends or {}), one) for one in equals), key=lambda pair: len(pair[0])
    )
    if edges:
        raise CourseError(
            f"The best score lies at the edge of the grid, {', '.join(edges)}: try values beyond, "
            "or name in `ends` those beyond which there are none."
        )
    shape = [len(values) for values in grid.values()]
    return Tuned(best, float(scores[worth.argmax()]), scores.reshape(shape))


def _edges(
    one: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], ends: Mapping[str, Collection[Any]]
) -> list[str]:
    """Name the numeric parameters that are at the edge of their axis."""
    found = []
    for name, value in one.items():
        axis = grid[name]
        numeric = all(isinstance(v, Real) and not isinstance(v, bool) for v in axis)
        if numeric and len(axis) > 1 and value not in ends.get(name, ()):
            sides = {min(axis): "smallest", max(axis): "largest"}
            found += [f"{name} = {v} ({side} tried)" for v, side in sides.items() if v == value]
    return found
