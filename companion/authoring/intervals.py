"""Where a recorded number lies over processors and seeds, as kept in ``results.json``.

An entry holds ``value`` (as printed), ``page``, ``format``, and ``seen``: the lowest and the
highest number of all runs, or each word where a word was recorded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
    return {"format": fmt, "seen": [_outward(min(numbers), -1), _outward(max(numbers), 1)]}


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


def _outward(value: float, direction: int) -> float:
    """Round away from the interval's middle to six significant digits, so that it stays inside."""
    if value == 0 or not math.isfinite(value) or value == int(value):
        return value
    unit = 10.0 ** (math.floor(math.log10(abs(value))) + 1 - DIGITS)
    rounded = (math.floor if direction < 0 else math.ceil)(value / unit) * unit
    return float(f"{rounded:.{DIGITS}g}")
