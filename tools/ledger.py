"""The ledger ``book/claims.yml``: what the article claims, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from companion.errors import CourseError
from companion.files import read_text

REVIEWED = "2026-11-24"
# Verdict to the words of a page.
WORDS = {
    "holds": "holds",
    "incomplete": "true but incomplete",
    "only-if": "true only if",
    "wrong": "wrong",
    "outdated": "outdated",
    "unverifiable": "unverifiable",
}
# Verdict to the look of its admonition, a class that Sphinx and JupyterLab both know. The two that
# are true with something to add look alike; their words tell them apart.
LOOK = {
    "holds": "tip",
    "incomplete": "note",
    "only-if": "note",
    "wrong": "danger",
    "outdated": "warning",
    "unverifiable": "important",
}

ARTICLE = "seedarticle"  # the key of the article itself
# What can decide a claim, to the words of a page.
DECIDERS = {
    "cell": "a cell of code decides",
    "source": "a source",
    "article": "the article's own words",
    "nothing": "nothing that we have",
}

_TEXT = (r"(?s).*\S.*", "text, in quotes")
# Field to its form, and to what it should be in words.
_FIELDS = {
    "id": (r"c\d+(\.\d+)*-[a-z]", "c, the section and a letter, such as 'c4.1.1-a'"),
    "section": (r"\d+(\.\d+)*", "a section of the article, in quotes, such as '4.1.1'"),
    "quote_zh": _TEXT,
    "claim_en": _TEXT,
    "verdict": ("|".join(LOOK), f"one of {', '.join(LOOK)}"),
    "correction": _TEXT,
    "evidence": _TEXT,
    "page": (r"\d\d(?:[a-z]\d?)?-[a-z0-9-]+", "a page, such as '04-mathematics'"),
    "label": (r"ev-[a-z0-9]+(-[a-z0-9]+)*", "the label of a cell, such as 'ev-rank'"),
    "date": (r"20\d\d-[01]\d-[0-3]\d", "a day, in quotes, such as '2026-11-24'"),
}
_OPTIONAL = {"page", "label", "date"}
_BIB_KEY = re.compile(r"^@\w+\{([^,\s]+),", re.MULTILINE)


@dataclass(frozen=True)
class Claim:
    """One claim of the article and its verdict.

    Attributes:
        id: ``c``, the article's section, and a letter: ``c4.1.1-a``.
        section: the article's section, such as ``4.1.1``.
        quote_zh: the claim in the article's words, verbatim.
        claim_en: the claim in our words.
        verdict: a key of :data:`WORDS`.
        correction: why, and what is true instead; Markdown, may hold bound numbers. For ``only-if``
            it goes on from the words “true only if”, so the condition comes first.
        evidence: what shows it: the experiment of the labelled cell, a proof or a source.
        source: keys of ``references.bib``.
        places: key to the section or table in it, for those sources that are long.
        page: the page where it stands, such as ``04-mathematics``; empty until planned.
        label: the MyST label of the cell that decides, such as ``ev-rank``; empty if none does.
        minor: a repeat, a forecast or nothing in dispute: shown in one line.
        date: the day of the verdict.
    """

    id: str
    section: str
    quote_zh: str
    claim_en: str
    verdict: str
    correction: str
    evidence: str
    source: tuple[str, ...]
    places: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    label: str = ""
    minor: bool = False
    date: str = REVIEWED

    @property
    def chapter(self) -> str:
        """The first number of the section."""
        return self.section.split(".")[0]

    @property
    def words(self) -> str:
        """The verdict as a page says it."""
        return WORDS[self.verdict]

    @property
    def decided_by(self) -> str:
        """What decides it: a key of :data:`DECIDERS`.

        What is unverifiable may have a cell that shows why; no cell decides it.
        """
        if self.verdict == "unverifiable":
            return "nothing"
        if self.label:
            return "cell"
        return "article" if set(self.source) == {ARTICLE} else "source"


def load(path: Path) -> dict[str, Claim]:
    """Read the ledger; ``references.bib`` beside it must hold every source.

    Args:
        path: the ledger, such as ``book/claims.yml``.

    Returns:
        The claims by id, in the order of the file.

    Raises:
        CourseError: the file is missing or no list, or an entry does not fit; names the entry.
    """
    try:
        entries = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise CourseError(f"The ledger cannot be read: {' '.join(str(error).split())}.") from error
    if not isinstance(entries, list):
        raise CourseError(f"The ledger {path.name} should be a list of claims.")
    keys = set(_BIB_KEY.findall(read_text(path.with_name("references.bib"))))
    ledger: dict[str, Claim] = {}
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            raise CourseError(f"In the ledger, entry {number} should be a mapping of fields.")
        if fault := _fault(entry, keys):
            raise CourseError(f"In the ledger, {entry.get('id') or f'entry {number}'} {fault}.")
        claim = _claim(entry)
        if claim.id in ledger:
            raise CourseError(f"The ledger holds the id {claim.id!r} twice; ids should be unique.")
        ledger[claim.id] = claim
    return ledger


def _fault(entry: dict[str, Any], keys: set[str]) -> str:
    """Return what is wrong with an entry, in words; nothing if it fits."""
    if surplus := set(entry) - {*_FIELDS, "source", "minor"}:
        return f"has the unknown field {min(map(str, surplus))!r}; rename it"
    for name, (form, expected) in _FIELDS.items():
        value = entry.get(name)
        fits = isinstance(value, str) and re.fullmatch(form, value)
        if not (fits or (name in _OPTIONAL and name not in entry)):
            return f"has in the field {name!r} {value!r}; it should be {expected}"
    if type(entry.get("minor", False)) is not bool:
        return "has a field 'minor' that should be true or false"
    sources = [_place(source)[0] for source in _listed(entry.get("source"))]
    if not sources or (sources := [key for key in sources if key not in keys]):
        return f"has the source {sources}; it should be keys of references.bib, at least one"
    return _misplaced(entry)


def _misplaced(entry: dict[str, Any]) -> str:
    """Id, section and page must tell the same chapter, and a label needs its page."""
    section, page = entry["section"], entry.get("page")
    if entry["id"][1:].rsplit("-", 1)[0] != section:
        return f"stands in section {section}; its id should say the same"
    if page and int(page[:2]) != int(section.split(".")[0]):
        return f"has the page {page!r} of another chapter"
    if "label" in entry and not page:
        return f"has the label {entry['label']!r} and should name its page too"
    return ""


def _claim(entry: dict[str, Any]) -> Claim:
    text = {name: entry[name].strip() for name in _FIELDS if name in entry}
    places = dict(_place(source) for source in _listed(entry["source"]))
    found = {key: place for key, place in places.items() if place}
    return Claim(**text, source=tuple(places), places=found, minor=entry.get("minor", False))


def _place(source: Any) -> tuple[str, str]:
    """Split a source into its key and the place in it: ``key, section 6.5``."""
    key, _, place = str(source).partition(", ")
    return key, place


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
