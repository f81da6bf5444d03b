"""The bibliography: each work can be found, stands there once, and is cited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import yaml
from pybtex.database import BibliographyData, Entry, parse_file, parse_string
from pybtex.exceptions import PybtexError

BOOK = Path(__file__).resolve().parents[1] / "book"
WORKS = parse_file(BOOK / "references.bib")
PUBLISHED = yaml.safe_load((BOOK / "published.yml").read_text(encoding="utf-8"))
ARTICLE = "seedarticle"  # the article on trial; it stands in no catalogue
FORM = {
    "doi": r"10\.\d{4,9}/\S+",
    "eprint": r"\d{4}\.\d{4,5}",
    "isbn": r"\d{9}[\dX]|\d{13}",
    "url": r"https?://[^\s{}]+",
    "year": r"(1[89]|20)\d\d",
}


def faults(works: BibliographyData) -> Iterator[str]:
    """Yield what is wrong with the entries, one sentence each."""
    seen: dict[str, str] = {}
    for key, work in works.entries.items():
        fields, people = work.fields, [str(p) for group in work.persons.values() for p in group]
        if not people or "title" not in fields:
            yield f"{key} has no title or nobody who wrote it."
        for name, form in FORM.items():
            if name in fields and not re.fullmatch(form, fields[name]):
                yield f"{key} has the {name} {fields[name]!r}, which is not of its form."
        if "isbn" in fields and not check_digit_is_right(fields["isbn"]):
            yield f"{key} has an ISBN whose check digit is wrong."
        if not (named := identifiers(work)) and key != ARTICLE:
            yield f"{key} has no DOI, arXiv number, ISBN or address."
        for same in (*named[:1], f"{fields.get('title')} by {people[:1]}".lower()):
            if seen.setdefault(same, key) != key:
                yield f"{key} and {seen[same]} are the same work: {same}."


def identifiers(work: Entry) -> list[str]:
    """Return what identifies a work, in the order in which a reader should try it."""
    names = ("doi", "eprint", "isbn", "url")
    return [work.fields[name].lower() for name in names if name in work.fields]


def check_digit_is_right(isbn: str) -> bool:
    """Tell it of an ISBN of ten or thirteen digits; ``X`` stands for 10 (ISO 2108)."""
    digits = [10 if digit == "X" else int(digit) for digit in isbn if digit in "0123456789X"]
    if len(digits) == 10:
        return sum(digit * (10 - i) for i, digit in enumerate(digits)) % 11 == 0
    return sum(digit * (1, 3)[i % 2] for i, digit in enumerate(digits)) % 10 == 0


def cited() -> set[str]:
    """Return the keys that a page names."""
    keys: set[str] = set()
    for path in [*BOOK.glob("*.md"), *BOOK.glob("*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text):
            keys |= {key.strip() for key in group.split(",")}
    return keys


def test_every_entry_can_be_found_and_stands_there_once() -> None:
    assert list(faults(WORKS)) == []


def test_no_entry_is_marked_unchecked() -> None:
    notes = {key: work.fields.get("note", "") for key, work in WORKS.entries.items()}
    assert [key for key, note in notes.items() if "unchecked" in note] == []


def test_what_is_known_second_hand_names_the_hand() -> None:
    """The list of published figures and the entries agree on it, and a hand is named."""
    notes = {key: work.fields.get("note", "") for key, work in WORKS.entries.items()}
    marked = {key for key, note in notes.items() if note.startswith("Second hand")}
    assert all(re.search(r": .*(in|by) ", notes[key]) for key in marked)
    figures = yaml.safe_load((BOOK / "published.yml").read_text(encoding="utf-8"))
    told = re.compile(r"second.hand|summary|summaries|summarised|replications")
    assert {f["source"] for f in figures.values() if told.search(f["what"])} <= marked


def test_every_entry_is_cited() -> None:
    assert cited() == set(WORKS.entries) - {ARTICLE}


SAMPLE = """
@book{one, title = {A {Nested} Title}, author = {Doe, Jane and Roe, Richard and others},
  year = {2001}, isbn = {9780262035613}}
@misc{two, title = {Another}, author = {{The Team}}, url = {https://example.org/a}}
"""


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("9780262035613", "9780262035614", "check digit"),
        ("url = {https://example.org/a}", "note = {x}", "no DOI"),
        ("url = {https://example.org/a}", "doi = {11.1/x}", "doi '11.1/x'"),
        ("url = {https://example.org/a}", "eprint = {1706.037}", "eprint '1706.037'"),
        ("title = {Another}, ", "", "no title"),
        ("author = {{The Team}}, ", "", "nobody"),
        (
            "title = {Another}, author = {{The Team}}",
            "title = {A {nested} title}, author = {Doe, Jane}",
            "same",
        ),
        ("url = {https://example.org/a}", "isbn = {9780262035613}", "same"),
        ("year = {2001}", "year = {201}", "year '201'"),
    ],
)
def test_faults_are_named(old: str, new: str, cause: str) -> None:
    assert list(faults(parse_string(SAMPLE, "bibtex"))) == []
    assert old in SAMPLE
    assert any(cause in said for said in faults(parse_string(SAMPLE.replace(old, new), "bibtex")))


@pytest.mark.parametrize("text", [SAMPLE + SAMPLE, "@book{one, title = {A"])
def test_twice_and_unclosed_are_refused(text: str) -> None:
    with pytest.raises(PybtexError):
        parse_string(text, "bibtex")


def test_check_digits_agree_with_published_examples() -> None:
    """ISO 2108's own examples, and each single wrong digit is caught."""
    for isbn in ("9780262035613", "9780306406157", "0306406152", "0070428077", "080442957X"):
        assert check_digit_is_right(isbn)
        for place in range(len(isbn) - 1):
            wrong = isbn[:place] + str((int(isbn[place]) + 4) % 10) + isbn[place + 1 :]
            assert not check_digit_is_right(wrong)


def test_a_published_figure_says_where_it_stands() -> None:
    """A table, a section, the abstract …, or the hand through which we know it."""
    place = re.compile(
        r"\b(table|section|figure|equation|theorem|appendix|abstract|introduction|paragraph|title"
        r"|page|column|example|card|repository|named|printed|read|seen|hand|quot\w+|counts)\b",
        re.IGNORECASE,
    )
    placeless = [name for name, entry in PUBLISHED.items() if not place.search(entry["what"])]
    assert placeless == []
