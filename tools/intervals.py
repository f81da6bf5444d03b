"""Where a recorded number lies over processors and seeds, as kept in ``results.json``.

An entry holds ``value`` (as printed), ``page``, ``format`` (and ``step``), ``seen``: the lowest and
the highest number of all runs, or each word where a word was recorded; and ``code``, which names
the code of the page that ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from companion.results import Recorded, Value, shown

KEPT = ("format", "step", "seen", "code")


def interval(values: Sequence[Recorded], more: Iterable[Value] = ()) -> dict[str, Any]:
    """Return format and interval of one number.

    Args:
        values: what each run recorded, repeats included.
        more: numbers seen earlier, on processors that did not run now.
    """
    seen = [v for entry in values for v in (entry.value, *entry.over)] + list(more)
    step = {"step": values[0].step} if values[0].step else {}
    if any(isinstance(v, str) for v in seen):
        ends: list[Value] = sorted({str(v) for v in seen})
    else:
        numbers = [v for v in seen if not isinstance(v, str)]
        ends = [min(numbers), max(numbers)]
    return {"format": values[0].fmt, **step, "seen": ends}


def kept(entry: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return the interval of an entry as long as the page's code is that of the runs."""
    return {k: entry[k] for k in KEPT if k in entry} if entry.get("code") == code else {}


def fault(entry: Mapping[str, Any], code: str) -> str:
    """Return what is wrong with a recorded number, in words; nothing if its digits stand."""
    if "seen" not in entry or entry["code"] != code:
        return "has no interval of its page's code; run `make portable` on the page"
    step = entry.get("step", 0)
    texts = {shown(value, entry["format"], step) for value in entry["seen"]} | {entry["value"]}
    if len(texts) > 1:
        return f"prints {' or '.join(sorted(texts))} inside its interval; print fewer digits"
    return ""
