"""Rows of numbers out of a request's body, or the one sentence that refuses them."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.exceptions import HTTPException

Floats = NDArray[np.float32]


def parse_rows(body: bytes, shape: tuple[int, ...], most: int) -> Floats:
    """Read ``{"rows": [[…], …]}``.

    Args:
        body: of the request.
        shape: of one row.
        most: rows in a request.

    Returns:
        ``(n, *shape)``, finite.

    Raises:
        HTTPException: 400 for a body that is not JSON, 422 for one that is not what was asked.
    """
    try:
        # Whole numbers become floats at once: a whole number may have any number of digits.
        content = json.loads(body, parse_int=float, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body is not JSON.") from None
    if not isinstance(content, dict) or set(content) != {"rows"}:
        sentence = 'The body should be an object {"rows": [[…], …]} and nothing else.'
        raise HTTPException(422, sentence)
    rows = content["rows"]
    if not isinstance(rows, list) or not 1 <= len(rows) <= most:
        raise HTTPException(422, f"There should be 1 to {most} rows in a request.")
    for i, row in enumerate(rows):
        if not _fits(row, shape):
            wanted = " × ".join(map(str, shape))
            raise HTTPException(422, f"Row {i} should be a list of {wanted} numbers.")
    with np.errstate(over="ignore"):
        values = np.asarray(rows, np.float64).astype(np.float32)
    if (at := first_infinite(values)) is not None:
        raise HTTPException(422, f"Row {at} holds a number that is not finite in 32 bits.")
    return values


def first_infinite(rows: Floats) -> int | None:
    """Return the number of the first row ``(…,)`` that holds NaN or infinity, if there is one."""
    finite = np.isfinite(rows).reshape(len(rows), -1).all(1)
    return None if finite.all() else int(finite.argmin())


def _fits(row: Any, shape: tuple[int, ...]) -> bool:
    """Whether nested lists have a shape, with plain numbers inside: no text, no true, no null."""
    if not shape:
        return type(row) is float
    return (
        isinstance(row, list)
        and len(row) == shape[0]
        and all(_fits(part, shape[1:]) for part in row)
    )


def _refuse_constant(name: str) -> float:
    sentence = f"{name} is not a number that a model can take; fill it in or leave it out."
    raise HTTPException(422, sentence)
