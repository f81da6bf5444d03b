"""The runs of an arm: over seeds, and over a grid of parameters."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from companion.errors import CourseError
from companion.progress import watched

Floats = NDArray[np.float64]


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
