"""For judges of derivatives: the complex step, and arrays that refuse finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from companion.exercises.registry import Wrong


def slope(function: Callable[[Any], Any], at: np.ndarray) -> np.ndarray:
    """Differentiate a number by each entry of an array, by the complex step.

    For an analytic function f(x + ih) = f(x) + ih f'(x) + O(h²): the imaginary part divided by h is
    the derivative, and nothing cancels (Squire and Trapp, 1998).
    """
    slopes = np.zeros(at.shape)
    for i in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[i] += 1e-20j
        slopes[i] = np.imag(function(moved)) / 1e-20
    return slopes


class Counted(np.ndarray):
    """An array that refuses loops: it counts the operations on it, and on what comes of it."""

    left: list[int]

    @classmethod
    def these(cls, *arrays: np.ndarray, at_most: int = 100) -> list[Counted]:
        """Return the arrays as counted ones, with one common count."""
        views, left = [array.copy().view(cls) for array in arrays], [at_most]
        for view in views:
            view.left = left
        return views

    def __array_finalize__(self, source: Any) -> None:
        self.left = getattr(source, "left", [1_000_000])

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, out: Any = (), **given: Any
    ) -> Any:
        self.left[0] -= 1
        if self.left[0] < 0:
            raise Wrong("That takes far too many operations: no loops, no finite differences.")
        bare = [x.view(np.ndarray) if isinstance(x, Counted) else x for x in (*inputs, *out)]
        if out:
            given["out"] = tuple(bare[len(inputs) :])
        result = getattr(ufunc, method)(*bare[: len(inputs)], **given)
        if isinstance(result, np.ndarray):
            counted = result.view(Counted)
            counted.left = self.left
            return counted
        return result
