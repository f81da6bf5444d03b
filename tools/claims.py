"""The ledger: what the article claims, what became of it, and the text pages show of that.

``book/claims.yml`` holds one entry a claim. :func:`load` reads it and refuses what does not fit;
:func:`fill` writes a claim where a page has its markers; the three tables go to the landing page,
the page of verdicts and the errata.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from companion.errors import CourseError

REVIEWED = "2026-11-24"
ARTICLE = "seedarticle"
# Verdict to the look of its admonition, a class that Sphinx and JupyterLab both know.
LOOK = {
    "holds": "tip",
    "holds-with-limits": "note",
    "wrong": "danger",
    "outdated": "warning",
    "unverifiable": "important",
}
MISTAKES = ("wrong", "outdated")

_MARKED = re.compile(r"<!-- claim:(\S+) -->\n.*?<!-- /claim -->", re.DOTALL)
_MARKER = re.compile(r"<!-- (?:claim:\S+|/claim) -->")
_BIB_KEY = re.compile(r"^@\w+\{([^,\s]+),", re.MULTILINE)
_FORM = {
    "id": re.compile(r"c\d+(\.\d+)*-[a-z]"),
    "section": re.compile(r"\d+(\.\d+)*"),
    "page": re.compile(r"\d\d[a-z]?-[a-z0-9-]+"),
    "label": re.compile(r"ev-[a-z0-9]+(-[a-z0-9]+)*"),
    "date": re.compile(r"20\d\d-[01]\d-[0-3]\d"),
}
_NEEDED = ("id", "section", "quote_zh", "claim_en", "verdict", "correction", "evidence")
_OPTIONAL = ("page", "label", "date")


@dataclass(frozen=True)
class Claim:
    """One claim of the article and its verdict.

    Attributes:
        id: ``c``, the article's section, and a letter: ``c4.1.1-a``.
        section: the article's section, such as ``4.1.1``.
        quote_zh: a few words of the article, to find the place.
        claim: the claim in our words.
        verdict: a key of :data:`LOOK`.
        correction: why, and what is true instead; Markdown, may hold bound numbers.
        evidence: what shows it: the experiment of the labelled cell, a proof or a source.
        sources: keys of ``references.bib``; :data:`ARTICLE` where the article speaks for itself.
        page: the page where it stands, such as ``04-mathematics``; empty until planned.
        label: the MyST label of the cell that decides, such as ``ev-rank``; empty if none does.
        minor: a repeat, a forecast or nothing in dispute: shown in one line.
        date: the day of the verdict.
    """

    id: str
    section: str
    quote_zh: str
    claim: str
    verdict: str
    correction: str
    evidence: str
    sources: tuple[str, ...]
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
        """The verdict as words, without hyphens."""
        return self.verdict.replace("-", " ")


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
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        bibliography = path.with_name("references.bib").read_text(encoding="utf-8")
    except (OSError, yaml.YAMLError) as error:
        raise CourseError(f"The ledger cannot be read: {' '.join(str(error).split())}.") from error
    if not isinstance(entries, list):
        raise CourseError(f"The ledger {path.name} should be a list of claims.")
    keys = set(_BIB_KEY.findall(bibliography))
    ledger: dict[str, Claim] = {}
    for number, entry in enumerate(entries, start=1):
        claim = _claim(entry, f"entry {number}", keys)
        if claim.id in ledger:
            raise CourseError(f"The ledger holds the id {claim.id!r} twice; ids should be unique.")
        ledger[claim.id] = claim
    return ledger


def _claim(entry: Any, place: str, keys: set[str]) -> Claim:
    """Check one entry against the schema; ``place`` names it in the error."""
    if not isinstance(entry, dict):
        raise CourseError(f"In the ledger, {place} should be a mapping of fields.")
    where = f"In the ledger, {entry.get('id', place)}"
    surplus = set(entry) - {*_NEEDED, *_OPTIONAL, "source", "minor"}
    if surplus:
        raise CourseError(f"{where} has the unknown field {min(map(str, surplus))!r}; rename it.")
    text = {name: _text(entry, name, where) for name in _NEEDED}
    text |= {name: _text(entry, name, where) for name in _OPTIONAL if name in entry}
    if text["verdict"] not in LOOK:
        raise CourseError(
            f"{where} has the verdict {text['verdict']!r}; it should be one of {', '.join(LOOK)}."
        )
    if not isinstance(entry.get("minor", False), bool):
        raise CourseError(f"{where} has a field 'minor' that should be true or false.")
    claim = Claim(
        claim=text.pop("claim_en"),
        sources=_sources(entry.get("source"), where, keys),
        minor=entry.get("minor", False),
        **text,
    )
    _check_place(claim, where)
    return claim


def _text(entry: Mapping[str, Any], name: str, where: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CourseError(f"{where} should have text in the field {name!r}; put quotes round it.")
    if name in _FORM and not _FORM[name].fullmatch(value):
        raise CourseError(f"{where} has {name} {value!r}, which is not of the form of its kind.")
    return value.strip()


def _sources(value: Any, where: str, keys: set[str]) -> tuple[str, ...]:
    if not value:
        raise CourseError(f"{where} names no source; give at least one key of references.bib.")
    if not isinstance(value, str | list):
        raise CourseError(
            f"{where} should have as source a key of references.bib, or a list of them."
        )
    sources = (value,) if isinstance(value, str) else tuple(value)
    for key in sources:
        if key not in keys:
            raise CourseError(f"{where} names the source {key!r}, which is not in references.bib.")
    return sources


def _check_place(claim: Claim, where: str) -> None:
    """Id, section and page must tell the same chapter, and a label needs its page."""
    if claim.id[1:].rsplit("-", 1)[0] != claim.section:
        raise CourseError(f"{where} stands in section {claim.section}; its id should say the same.")
    if claim.page and int(claim.page[:2]) != int(claim.chapter):
        raise CourseError(f"{where} has the page {claim.page!r} of another chapter.")
    if claim.label and not claim.page:
        raise CourseError(f"{where} has the label {claim.label!r} and should name its page too.")


def fill(markdown: str, ledger: Mapping[str, Claim]) -> str:
    """Write each claim between its markers; doing it twice changes nothing.

    Args:
        markdown: text with lines ``<!-- claim:ID -->`` and ``<!-- /claim -->``.
        ledger: the claims by id.

    Raises:
        CourseError: a marker has no partner, or names a claim that the ledger does not hold.
    """

    def block(match: re.Match[str]) -> str:
        if match[1] not in ledger:
            raise CourseError(f"A page shows the claim {match[1]!r}, which is not in the ledger.")
        return f"<!-- claim:{match[1]} -->\n{render(ledger[match[1]])}\n<!-- /claim -->"

    filled, count = _MARKED.subn(block, markdown)
    markers = _MARKER.findall(markdown)
    if len(markers) != 2 * count:
        raise CourseError(
            "Each line '<!-- claim:ID -->' on a page should be followed by its own line "
            f"'<!-- /claim -->'; of {len(markers)} such lines {2 * count} are in pairs."
        )
    return filled


def anchor(claim: Claim) -> str:
    """Return the MyST label under which the claim stands on its page."""
    return f"claim-{claim.id[1:].replace('.', '-')}"


def render(claim: Claim) -> str:
    """Return the claim as MyST: an admonition, or one paragraph if it is minor."""
    why = " ".join(part for part in (claim.correction, _citation(claim), _evidence(claim)) if part)
    if claim.minor:
        return (
            f"({anchor(claim)})=\n"
            f"**Claim {claim.id} · {claim.words}.** "
            f"*The article says:* {claim.claim} *Why:* {why}"
        )
    return (
        f":::{{admonition}} Claim {claim.id} · {claim.words}\n"
        f":class: {LOOK[claim.verdict]}\n"
        f":name: {anchor(claim)}\n\n"
        f"*The article says:* {claim.claim}\n\n"
        f"**Verdict: {claim.words}.** *Why:* {why}\n"
        ":::"
    )


def _citation(claim: Claim) -> str:
    # The article is what is on trial: where it is the only source, the cell is the evidence.
    keys = ",".join(key for key in claim.sources if key != ARTICLE)
    return f"{{cite}}`{keys}`" if keys else ""


def _evidence(claim: Claim) -> str:
    return f"Evidence: [the cell](#{claim.label})." if claim.label else ""


def counts_table(claims: Iterable[Claim], titles: Mapping[str, str]) -> str:
    """Return how many claims of each chapter got which verdict, as a Markdown table.

    Args:
        claims: in the order of the article.
        titles: of the pages, by name; a chapter links to the first of its pages that has one.
    """
    listed = list(claims)
    rows = []
    for chapter, group in groupby(listed, key=lambda claim: claim.chapter):
        inside = list(group)
        page = next((claim.page for claim in inside if claim.page in titles), "")
        rows.append(
            (f"[{titles[page]}]({page})" if page else f"Chapter {chapter}", *_tally(inside))
        )
    total = tuple(f"**{number}**" for number in _tally(listed))
    head = ("Chapter", *(verdict.replace("-", " ") for verdict in LOOK), "all")
    return _table(head, [*rows, ("**all**", *total)])


def _tally(claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the number of claims by verdict, in the order of LOOK, and their sum."""
    counts = Counter(claim.verdict for claim in claims)
    return (*(str(counts[verdict]) for verdict in LOOK), str(counts.total()))


def verdict_table(claims: Iterable[Claim]) -> str:
    """Return all claims by verdict, then section by section with links to their evidence."""
    listed = list(claims)
    by_verdict = [
        (
            verdict.replace("-", " "),
            ", ".join(_link(claim) for claim in listed if claim.verdict == verdict) or "–",
        )
        for verdict in LOOK
    ]
    parts = ["## By verdict", _table(("Verdict", "Claims"), by_verdict)]
    for chapter, group in groupby(listed, key=lambda claim: claim.chapter):
        rows = [(_link(claim), claim.claim, claim.words, _proof(claim)) for claim in group]
        parts += [
            f"## Section {chapter}",
            _table(("Claim", "The article says", "Verdict", "Evidence"), rows),
        ]
    return "\n\n".join(parts)


def errata_table(claims: Iterable[Claim]) -> str:
    """Return the article's mistakes, section by section, each dated and corrected."""
    mistakes = [claim for claim in claims if claim.verdict in MISTAKES]
    parts = []
    for chapter, group in groupby(mistakes, key=lambda claim: claim.chapter):
        rows = [
            (_link(claim), claim.claim, f"*{claim.words}* ({claim.date}). {claim.correction}")
            for claim in group
        ]
        parts += [
            f"## Section {chapter}",
            _table(("Claim", "The article says", "Correction"), rows),
        ]
    return "\n\n".join(parts) or "No chapter with a mistake stands in this book yet."


def _link(claim: Claim) -> str:
    return f"[{claim.id}](#{anchor(claim)})"


def _proof(claim: Claim) -> str:
    cell = f"[cell](#{claim.label})" if claim.label else ""
    return " ".join(part for part in (cell, _citation(claim)) if part) or "the article itself"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a Markdown table; a bar inside a cell is escaped."""
    lines = [head, ("---",) * len(head), *rows]
    escaped = ([cell.replace("|", r"\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in escaped)
