"""The page "published against measured": one row a figure, ours beside it, the distance said.

``book/measured.yml`` holds the rows. What is ours is an expression over the recomputed figures,
``c['gpt2.small']``, and the results of the pages, ``float(r['ch09.privacy.eight'])``; so it follows
the code and the runs, and a test is red when the page does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from companion.errors import CourseError
from companion.exercises.quizzes import evaluate
from tools.recomputed import recomputed

KINDS = {"exact": "recomputed", "small": "in small"}
_NEEDED = {"group", "what", "printed", "value", "source", "ours", "kind"}
_OPTIONAL = {"why", "show"}


@dataclass(frozen=True)
class Row:
    """One published figure and ours.

    Attributes:
        group: heading under which it stands.
        what: what the figure is of.
        printed: the figure as its source prints it.
        value: the same as a number, in as many digits as are printed: ``"117e6"``.
        source: key of ``references.bib``.
        kind: ``exact``, from the source's own configuration or figures, or ``small``: the effect,
            measured on this course's small data.
        ours: our value.
        show: format of our value.
        why: the reason of the distance; empty where there is none.
    """

    group: str
    what: str
    printed: str
    value: str
    source: str
    kind: str
    ours: float
    show: str
    why: str

    @property
    def agrees(self) -> bool:
        """Whether ours rounds to the printed digits (a half may round either way)."""
        unit = 10.0 ** (_exponent(self.value) - 1)
        return abs(self.ours - float(self.value)) <= unit * (0.5 + 1e-6)

    @property
    def distance(self) -> str:
        """How far ours lies from the published figure, in words."""
        if self.agrees:
            return "none"
        published = float(self.value)
        if published == 0 or self.ours / published <= 0:
            return f"{self.ours - published:+.2g}"
        ratio = self.ours / published
        if 0.5 <= ratio <= 2:
            change = 100 * (ratio - 1)
            return f"{change:+.1f} %" if abs(change) < 9.95 else f"{change:+.0f} %"
        return f"{ratio:.2g} times"


def load(path: Path, results: Mapping[str, str]) -> tuple[Row, ...]:
    """Read ``measured.yml`` and compute our side.

    Raises:
        CourseError: a row does not fit, its expression cannot be evaluated, or it differs from the
            published figure without saying why.
    """
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    tables: dict[str, Mapping[str, Any]] = {"c": recomputed(), "r": results}
    return tuple(_row(entry, tables) for entry in entries)


def table(rows: Iterable[Row]) -> str:
    """Return the rows as Markdown, group by group, after a count."""
    listed = list(rows)
    parts = [_count(listed)]
    for group, members in groupby(listed, key=lambda row: row.group):
        lines = ["| what | published | ours | distance | why |", "|---|---|---|---|---|"]
        lines += [
            f"| {row.what} | {row.printed} {{cite}}`{row.source}` | {format(row.ours, row.show)} "
            f"| {row.distance} | {row.why} |"
            for row in members
        ]
        parts += [f"## {group}", "\n".join(lines)]
    return "\n\n".join(parts)


def _count(rows: list[Row]) -> str:
    lines = ["| | figures | without a distance |", "|---|---|---|"]
    for kind, words in KINDS.items():
        members = [row for row in rows if row.kind == kind]
        lines.append(f"| {words} | {len(members)} | {sum(row.agrees for row in members)} |")
    return "\n".join(lines)


def _row(entry: Any, tables: Mapping[str, Mapping[str, Any]]) -> Row:
    if not isinstance(entry, dict) or not _NEEDED <= set(entry) <= _NEEDED | _OPTIONAL:
        name = entry.get("what", entry) if isinstance(entry, dict) else entry
        raise CourseError(
            f"The measured row {name!r} should have {', '.join(sorted(_NEEDED))}, "
            "and may have why and show."
        )
    where = f"The measured row {entry['what']!r}"
    if entry["kind"] not in KINDS:
        raise CourseError(f"{where} should be of kind {' or '.join(KINDS)}.")
    ours = evaluate(entry["ours"], tables)
    if isinstance(ours, bool) or not isinstance(ours, int | float) or not math.isfinite(ours):
        raise CourseError(f"{where} should evaluate to a number, not {ours!r}.")
    text = {name: str(entry[name]) for name in _NEEDED - {"ours"}}
    row = Row(ours=ours, show=entry.get("show", ",.4g"), why=entry.get("why", ""), **text)
    if not row.agrees and not row.why:
        raise CourseError(f"{where} lies {row.distance} off and should say why.")
    return row


def _exponent(value: str) -> int:
    """Return k + 1 for a last printed digit of 10^k: ``"117e6"`` gives 7, ``"0.43"`` gives -1."""
    mantissa, _, power = value.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return int(power or 0) - decimals + 1
