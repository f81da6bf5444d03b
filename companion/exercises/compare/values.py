"""Compare a number, an array or a word with the right one."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from companion.exercises.compare.calls import LARGEST_ARRAY, plain
from companion.exercises.registry import ToDo, Wrong

# A known wrong value, and the mistake that leads to it.
Causes = Iterable[tuple[ArrayLike, str]]


def number(
    value: Any,
    expected: float,
    *,
    causes: Causes = (),
    rtol: float = 1e-6,
    atol: float = 1e-12,
    unit: str = "",
    name: str = "The answer",
) -> None:
    """Compare one number; ``causes`` are known wrong values with the mistake behind each."""
    if value is ... or value is None:
        raise ToDo
    try:
        form = np.asarray(value)
        if form.ndim or form.dtype.kind in "bSU":
            raise TypeError
        got = float(value)
    except (TypeError, ValueError, OverflowError):
        wanted = f" in {unit}" if unit else ""
        shape = getattr(value, "shape", ())
        kind = f"an array of shape {shape}" if shape else repr(value)[:60]
        raise Wrong(f"{name} should be one number{wanted}; it is {kind}.") from None
    rtol = max(rtol, _roundoff(form))
    if not np.isfinite(got):
        raise Wrong(f"{name} is {got}; look for a division by zero, a log of zero or an overflow.")
    if np.isclose(got, expected, rtol=rtol, atol=atol):
        return
    found = f"{name} is {got:.6g} {unit}".rstrip()
    for mistake, cause in causes:
        if np.isclose(got, float(np.asarray(mistake)), rtol=rtol, atol=atol):
            raise Wrong(f"{found}: {cause}")
    raise Wrong(f"{found}, which is not right{_factor(got, expected)}.")


def array(
    value: Any,
    expected: ArrayLike,
    *,
    causes: Causes = (),
    rtol: float = 1e-6,
    atol: float = 1e-9,
    name: str = "The answer",
) -> None:
    """Compare an array: shape first, then where and by how much the values differ."""
    if value is ... or value is None:
        raise ToDo
    right = np.asarray(expected)
    got = _as_array(value, name)
    rtol = max(rtol, _roundoff(got))
    atol = max(atol, _roundoff(got) * float(np.abs(right).max(initial=0)))
    got = got.astype(np.float64)
    for mistake, cause in causes:
        other = np.asarray(mistake)
        if got.shape == other.shape and np.allclose(got, other, rtol=rtol, atol=atol):
            raise Wrong(f"{name}: {cause}")
    if got.shape != right.shape:
        turned = " It looks transposed." if got.shape == right.shape[::-1] else ""
        raise Wrong(f"{name} has the shape {got.shape}; it should be {right.shape}.{turned}")
    if not np.isfinite(got).all():
        raise Wrong(
            f"{name} holds {int(np.sum(~np.isfinite(got)))} values that are NaN or infinite."
        )
    off = ~np.isclose(got, right, rtol=rtol, atol=atol)
    if off.any():
        first = tuple(int(i) for i in np.argwhere(off)[0])
        share = f"{int(off.sum())} of {off.size} values"
        where = f"first at index {first}" if first else "there"
        raise Wrong(
            f"{name}: {share} differ, {where}, where it is {got[first]:.6g}, off by "
            f"{abs(got[first] - right[first]):.3g}."
        )


def choice(value: Any, right: str, causes: Mapping[str, str], *, name: str = "The answer") -> None:
    """Compare a word with the right one; ``causes`` explains each wrong option."""
    if value is ... or value is None:
        raise ToDo
    options = sorted({right, *causes})
    word = value.strip().lower() if isinstance(value, str) else value
    if word not in options:
        raise Wrong(f"{name} should be one of {', '.join(map(repr, options))}.")
    if word != right:
        raise Wrong(f"{name}, {word!r}: {causes[word]}")


def unlike(right: Any, *causes: tuple[Any, str]) -> list[tuple[Any, str]]:
    """Drop causes whose wrong value is right in this case: nothing to clip, nobody on one side."""
    return [cause for cause in causes if not np.allclose(cause[0], right)]


def _as_array(value: Any, name: str) -> np.ndarray:
    if isinstance(value, str | bytes | dict | set):
        raise Wrong(f"{name} should be an array of numbers; it is of type {type(value).__name__}.")
    try:
        got = np.asarray(plain(value))
    except ValueError:
        raise Wrong(f"{name} should be an array; its rows have different lengths.") from None
    if got.size > LARGEST_ARRAY:
        raise Wrong(f"{name} has the shape {got.shape}, far more values than the exercise needs.")
    if got.dtype.kind not in "fiub":
        raise Wrong(f"{name} should hold real numbers; it holds the type {got.dtype}.")
    return got


def _roundoff(got: np.ndarray) -> float:
    """Return by what share a right answer may be off: single precision is not a mistake."""
    return 10 * float(np.finfo(got.dtype).eps) if got.dtype.kind == "f" else 0.0


def _factor(got: float, expected: float) -> str:
    """Name the slip that gives a well-known factor."""
    if expected == 0 or got == 0:
        return ""
    ratio = got / expected
    slips = {-1.0: "the sign is turned", 2.0: "it is twice", 0.5: "it is half"}
    slips |= {10.0**k: f"it is 10^{k} times" for k in (-6, -3, -2, -1, 1, 2, 3, 6)}
    for factor, words in slips.items():
        if np.isclose(ratio, factor, rtol=1e-6):
            return f": {words} the right one" if factor != -1.0 else f": {words}"
    return ": too large" if abs(ratio) > 1 else ": too small"
