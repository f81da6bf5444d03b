"""Bind what pages say to what runs measured: fill numbers, find numbers that are not bound."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from companion.errors import CourseError
from companion.files import write_text

SPAN = re.compile(r'<span data-(result|published)="([^"]+)">([^<]*)</span>')
_BLOCK = r"<!-- generated:{name} -->\n.*?<!-- /generated -->"

# What may hold digits without being a measurement, in the order in which it is taken out.
_NOT_PROSE = (
    r"<!-- claim:.*?<!-- /claim -->",
    r"<!-- generated:.*?<!-- /generated -->",
    r"<!--.*?-->",
    r"<span data-(?:result|published)=[^>]*>[^<]*</span>",
    r"(?m)^(?P<fence>`{3,}).*?^(?P=fence)\s*$",
    r"\$\$.*?\$\$",
    r"\$[^$\n]*\$",
    r"`[^`]*`",
    r"\]\([^)]*\)",
    r"https?://\S+",
    r"(?m)^#+ [^\n]*$",
    r"(?:(?i:sections?|tables?|equations?)|§) ?\d{1,2}\.\d{1,2}\b(?!\.?\d)",
    r"\b\d{1,2}\.\d{1,2}\.\d{1,2}\b",
)
_LOOSE = re.compile(r"(?<![\w.])\d[\d,]*\.\d+|(?<![\w.])\d{1,3}(?:,\d{3})+|(?<![\w.])\d{4,}")


@dataclass(frozen=True)
class Numbers:
    """What a page may bind to: measured results and published figures, by name."""

    results: Mapping[str, str]
    published: Mapping[str, str]

    def value(self, kind: str, name: str) -> str:
        """Return the one right text for a bound number.

        Raises:
            CourseError: nothing of that name was recorded or published.
        """
        table = self.results if kind == "result" else self.published
        if name not in table:
            where = "results.json (make refresh)" if kind == "result" else "published.yml"
            raise CourseError(f"A page refers to the {kind} {name!r}, which is not in {where}.")
        return table[name]


def load_results(path: Path) -> dict[str, dict[str, Any]]:
    """Read ``results.json``: name to value, page, format and interval; empty if there is none."""
    if not path.exists():
        return {}
    entries: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def save_results(path: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Write ``results.json`` sorted by name, in one step."""
    write_text(path, json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def load_numbers(book: Path) -> Numbers:
    """Read both kinds of number that pages bind to."""
    measured = load_results(book / "results.json")
    published = yaml.safe_load((book / "published.yml").read_text(encoding="utf-8")) or {}
    return Numbers(
        {name: entry["value"] for name, entry in measured.items()},
        {name: str(entry["value"]) for name, entry in published.items()},
    )


def fill_numbers(markdown: str, numbers: Numbers) -> str:
    """Return the text with every bound number set to its one right value."""
    return SPAN.sub(
        lambda m: f'<span data-{m[1]}="{m[2]}">{numbers.value(m[1], m[2])}</span>', markdown
    )


def fill_generated(markdown: str, name: str, text: str) -> str:
    """Replace what stands between the markers ``generated:name``.

    Raises:
        CourseError: the page has no such pair of markers.
    """
    pattern = re.compile(_BLOCK.format(name=re.escape(name)), re.DOTALL)
    block = f"<!-- generated:{name} -->\n{text.strip()}\n<!-- /generated -->"
    filled, count = pattern.subn(lambda _: block, markdown)
    if count != 1:
        raise CourseError(f"A page should hold the markers 'generated:{name}' once, not {count}×.")
    return filled


def loose_numbers(markdown: str) -> list[str]:
    """Return the numbers in prose that nothing backs.

    Years, places such as section 4.2.1 or table 2.1, and small whole numbers pass; decimals and
    numbers from 1,000 up must be bound to a run or a source, or be printed by a cell instead.
    """
    for pattern in _NOT_PROSE:
        markdown = re.sub(pattern, " ", markdown, flags=re.DOTALL)
    return [n for n in _LOOSE.findall(markdown) if not _is_year(n)]


def _is_year(number: str) -> bool:
    return number.isdecimal() and 1900 <= int(number) <= 2100
