"""Where a recorded number lies over processors and seeds, as kept in ``results.json``.

An entry holds ``value`` (as printed), ``page``, ``format``, and ``seen``: the lowest and the
highest number of all runs, or each word where a word was recorded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from typing import Any

from companion.results import Recorded, shown

DIGITS = 6


def interval(values: Sequence[Recorded]) -> dict[str, Any]:
    """Return format and interval of one number from all runs that recorded it, repeats included."""
    fmt = values[0].fmt
    seen = [v for entry in values for v in (entry.value, *entry.over)]
    if any(isinstance(v, str) for v in seen):
        return {"format": fmt, "seen": sorted({str(v) for v in seen})}
    numbers = [float(v) for v in seen]
    return {
        "format": fmt,
        "seen": [_outward(min(numbers), ROUND_FLOOR), _outward(max(numbers), ROUND_CEILING)],
    }


def widened(entry: Mapping[str, Any], new: Recorded) -> dict[str, Any]:
    """Return an entry's format and interval with one more run in it; a new format starts anew."""
    if entry.get("format") != new.fmt or "seen" not in entry:
        return {}
    old = [Recorded(new.name, value, new.fmt) for value in entry["seen"]]
    return interval([*old, new])


def fault(entry: Mapping[str, Any]) -> str:
    """Return what is wrong with a recorded number, in words; nothing if its digits stand."""
    if "seen" not in entry:
        return "has no interval; run `make portable` on its page"
    texts = {shown(value, entry["format"]) for value in entry["seen"]} | {entry["value"]}
    if len(texts) > 1:
        return f"prints {' or '.join(sorted(texts))} inside its interval; print fewer digits"
    return ""


def _outward(value: float, rounding: str) -> float:
    """Round to six significant digits, away from the interval's middle; again changes nothing."""
    if not math.isfinite(value) or value.is_integer():
        return value
    return float(Context(prec=DIGITS, rounding=rounding).create_decimal(repr(value)))
