"""The index of terms: where to read first about each word of the glossary, and who uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from companion.errors import CourseError
from tools import landing, notebooks
from tools.landing import Chapter
from tools.whole import CLOSING

MOST = 5  # pages that a term's line names beside the first
NEVER_FIRST = CLOSING | {"Exercises"}  # headings of sections that explain no word

_GLOSSARY = re.compile(r"```\{glossary\}\n(.*?)^```", re.DOTALL | re.MULTILINE)
_TERM = re.compile(r"^\S[^\n]*", re.MULTILINE)
_HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)
# A quiz asks for what is known already, and a verdict uses words that its chapter has explained.
_PASSING = re.compile(r"<!-- (quiz|claim):.*?<!-- /\1 -->", re.DOTALL)
_FENCED = re.compile(r"^(`{3,}).*?^\1", re.DOTALL | re.MULTILINE)
_ROLE = re.compile(r"\{term\}`(?:[^`<]*<([^>`]*)>|([^`<]*))`")
_NOT_WORDS = re.compile(
    r"<!--.*?-->|`[^`]*`|\$[^$]*\$|\]\([^)]*\)|<[^>]*>|^\([\w-]+\)=$", re.DOTALL | re.MULTILINE
)
# A heading with a formula, code or a citation in it has an address that is not simply its words.
_MARKED = re.compile(r"[`$\[\]{}*<]")


@dataclass(frozen=True)
class Section:
    """A piece of a page under one heading: the page, the heading, its words."""

    chapter: Chapter
    heading: str
    words: str

    @property
    def link(self) -> str:
        """The Markdown link to it, or to its page where the heading is no plain text."""
        if _MARKED.search(self.heading) or self.heading == self.chapter.title:
            return f"[{self.chapter.title}]({self.chapter.page})"
        return f"[{self.heading}]({self.chapter.page}.ipynb#{slug(self.heading)})"


@dataclass(frozen=True)
class Place:
    """The section that explains a term, as ``book/terms.yml`` names it.

    Attributes:
        page: the page's name, such as ``05b-california``.
        section: the heading, or the page's title for what stands before the first one.
        says: what the section says for the term, where its words are others.
    """

    page: str
    section: str
    says: str = ""


def index(root: Path) -> str:
    """Return the index as a Markdown table: term, what to read first, where else it is used.

    To be read first is the section that ``book/terms.yml`` names, or else the first section that
    has the term in its heading, or else in bold type, or else the one that uses it most. A term
    that no page names in these words is left out.

    Args:
        root: the folder with ``_toc.yml`` and ``book``.

    Raises:
        CourseError: ``terms.yml`` names a term that is not in the glossary, or a section that does
            not exist or does not say its term; names it.
    """
    sections = [s for chapter in landing.chapters(root) for s in _sections(root / "book", chapter)]
    listed, named = terms(root / "book" / "glossary.md"), places(root / "book" / "terms.yml")
    if unknown := sorted(named.keys() - set(listed)):
        raise CourseError(f"terms.yml places {unknown[0]!r}, which should stand in the glossary.")
    rows = ["| Term | Read first | Used in |", "| --- | --- | --- |"]
    for term in listed:
        said = {section: len(_said(term).findall(section.words)) for section in sections}
        if term in named or any(said.values()):
            first = _placed(term, named[term], sections) if term in named else _first(term, said)
            entry = term.replace("'", "’")  # as the glossary's typesetting has it
            rows.append(f"| {{term}}`{entry}` | {first.link} | {_used(said, first.chapter)} |")
    return "\n".join(rows)


def places(path: Path) -> dict[str, Place]:
    """Return where the terms that ``terms.yml`` lists are explained.

    Raises:
        CourseError: a place that is not a list of two or three words; names its term.
    """
    listed = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    for term, place in listed.items():
        if not isinstance(place, list) or len(place) not in (2, 3):
            raise CourseError(
                f"terms.yml should give {term!r} a list: page, heading and, if the page has other "
                "words for the term, these."
            )
    return {term: Place(*map(str, place)) for term, place in listed.items()}


def terms(glossary: Path) -> list[str]:
    """Return the glossary's terms in its order."""
    found = _GLOSSARY.search(glossary.read_text(encoding="utf-8"))
    if found is None:
        raise CourseError(f"{glossary.name} should hold a block ```{{glossary}} with its terms.")
    return _TERM.findall(found[1])


def slug(heading: str) -> str:
    """Return the address that MyST gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _sections(book: Path, chapter: Chapter) -> Iterator[Section]:
    cells = notebooks.read(book / f"{chapter.page}.ipynb").cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    _, *pieces = _HEADING.split(_ROLE.sub(r"\1\2", _FENCED.sub(" ", _PASSING.sub(" ", text))))
    for heading, words in zip(pieces[::2], pieces[1::2], strict=True):
        yield Section(chapter, heading, _NOT_WORDS.sub(" ", f"{heading}\n{words}"))


def _said(term: str, before: str = r"(?<![\w-])", after: str = r"(?![\w-])") -> re.Pattern[str]:
    words = r"\**\s+\**".join(map(re.escape, term.split()))  # one of them may be in bold type
    return re.compile(f"{before}{words}(?:s|es)?{after}", re.IGNORECASE)


def _placed(term: str, place: Place, sections: list[Section]) -> Section:
    """Return the section that a place names, which must speak of the term."""
    says = _said(place.says or term)
    for section in sections:
        here = (section.chapter.page, section.heading) == (place.page, place.section)
        if here and says.search(section.words):
            return section
    raise CourseError(
        f"terms.yml sends the term {term!r} to the section {place.section!r} of {place.page}, "
        f"which should exist and say {place.says or term!r}."
    )


def _first(term: str, said: dict[Section, int]) -> Section:
    able = {s: n for s, n in said.items() if n and s.heading not in NEVER_FIRST} or said
    said_there, bold = _said(term), _said(term, r"\*\*", r"[.:]?\*\*")
    named = [s for s in able if said_there.search(s.heading)]
    in_bold = [s for s in able if bold.search(s.words)]
    return (named + in_bold + sorted(able, key=lambda section: -able[section]))[0]


def _used(said: dict[Section, int], but: Chapter) -> str:
    """Return links to the pages that use a term most, in the book's order."""
    pages: dict[Chapter, int] = {}
    for section, times in said.items():
        if times and section.chapter != but:
            pages[section.chapter] = pages.get(section.chapter, 0) + times
    most = sorted(pages, key=lambda chapter: -pages[chapter])[:MOST]
    return ", ".join(_short(chapter) for chapter in pages if chapter in most) or "–"


def _short(chapter: Chapter) -> str:
    number = re.match(r"\d+(?:\.\d+)*\w?", chapter.title)
    return f'[{number[0] if number else chapter.title}]({chapter.page} "{chapter.title}")'
