"""The bibliography: each work can be found, stands there once, and is cited."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
import yaml

from companion.errors import CourseError
from tools import bibliography

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
ENTRIES = bibliography.load(BOOK / "references.bib")
CHAPTERS = 10


def cited() -> set[str]:
    """Keys that a page, the ledger, or a published figure on a page names."""
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
    assert bibliography.faults(ENTRIES) == []


def test_no_entry_is_marked_unchecked() -> None:
    assert [key for key, e in ENTRIES.items() if "unchecked" in e.fields.get("note", "")] == []


def test_every_entry_is_cited_once_all_chapters_stand() -> None:
    unused = sorted(set(ENTRIES) - cited() - {"seedarticle"})
    finished = {path.name[:2] for path in BOOK.glob("[0-9][0-9]-*.ipynb")}
    if len(finished) < CHAPTERS:
        pytest.skip(f"{len(finished)} of {CHAPTERS} chapters stand; not cited yet: {unused}")
    assert unused == []


def test_every_source_of_the_ledger_is_in_the_bibliography() -> None:
    ledger = yaml.safe_load((BOOK / "claims.yml").read_text(encoding="utf-8"))
    sources = {
        s for c in ledger for s in ([c["source"]] if isinstance(c["source"], str) else c["source"])
    }
    assert sources <= set(ENTRIES)


SAMPLE = """
% a comment
@book{one, title = {A {Nested} Title}, author = {Doe, Jane and Roe, Richard and others},
  year = {2001}, isbn = {978-0-262-03561-3}}
@misc{two, title = {Another}, author = {{The Team}}, url = {https://example.org/a}}
"""


def sample(tmp_path: Path, text: str) -> dict[str, bibliography.Entry]:
    path = tmp_path / "references.bib"
    path.write_text(text, encoding="utf-8")
    return bibliography.load(path)


def test_entries_are_read(tmp_path: Path) -> None:
    one, two = sample(tmp_path, SAMPLE).values()
    assert (one.kind, one.title, one.authors) == ("book", "A Nested Title", ("Doe", "Roe"))
    assert one.identifier == "isbn:978-0-262-03561-3"
    assert (two.authors, two.identifier) == (("The Team",), "https://example.org/a")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("isbn = {978-0-262-03561-3}", "isbn = {978-0-262-03561-4}"), "check digit"),
        (("url = {https://example.org/a}", "note = {x}"), "no DOI"),
        (("url = {https://example.org/a}", "doi = {11.1/x}"), "not of its form"),
        (("url = {https://example.org/a}", "eprint = {1706.037}"), "not of its form"),
        (("title = {Another}, ", ""), "no title"),
        (("author = {{The Team}}, ", ""), "no author"),
        (
            (
                "title = {Another}, author = {{The Team}}",
                "title = {A nested title}, author = {Doe, J}",
            ),
            "same work",
        ),
        (("url = {https://example.org/a}", "isbn = {978-0-262-03561-3}"), "same work"),
        (("year = {2001}", "year = {201}"), "not of its form"),
    ],
)
def test_faults_are_named(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    assert bibliography.faults(sample(tmp_path, SAMPLE)) == []
    found = bibliography.faults(sample(tmp_path, SAMPLE.replace(*change)))
    assert any(words in fault for fault in found), found


def test_twice_and_unclosed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="twice"):
        sample(tmp_path, SAMPLE + SAMPLE)
    with pytest.raises(CourseError, match="closed"):
        sample(tmp_path, "@book{one, title = {A")


def test_check_digits_agree_with_published_examples() -> None:
    """ISO 2108's own examples, and each single wrong digit is caught."""
    good = ("9780262035613", "978-0-306-40615-7", "0306406152", "0070428077", "080442957X")
    assert all(bibliography.isbn_is_valid(isbn) for isbn in good)
    for isbn in ("9780262035613", "0306406152"):
        for place, digit in enumerate(isbn):
            wrong = isbn[:place] + str((int(digit) + 4) % 10) + isbn[place + 1 :]
            assert not bibliography.isbn_is_valid(wrong)
    assert not bibliography.isbn_is_valid("97802620356")
    assert not bibliography.isbn_is_valid("X070428077")
