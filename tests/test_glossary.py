"""The glossary: in order, each term once, each with the article's word."""

from __future__ import annotations

import re
from pathlib import Path

BOOK = Path(__file__).resolve().parents[1] / "book"
GLOSSARY = BOOK / "glossary.md"
NO_PAGE = {"virtual reality"}  # the article names it and says nothing about it; so do the pages
ENTRY = re.compile(r"^(\S[^\n]*)\n  ([^\s.]*[\u4e00-\u9fff]+)\. (\S)", re.MULTILINE)


def entries() -> list[tuple[str, str, str]]:
    body = re.search(r"```\{glossary\}\n(.*?)^```", GLOSSARY.read_text("utf-8"), re.DOTALL | re.M)
    assert body is not None
    found = ENTRY.findall(body[1])
    # A term without its Chinese word, or a definition that is not indented, would be left out.
    assert len(found) == len(re.findall(r"(?m)^\S", body[1]))
    return found


def test_terms_are_in_alphabetical_order() -> None:
    terms = [term.lower() for term, _, _ in entries()]
    assert terms == sorted(terms)


def test_each_english_and_each_chinese_term_stands_once() -> None:
    terms = [term for term, _, _ in entries()]
    chinese = [word for _, word, _ in entries()]
    assert len(set(terms)) == len(set(chinese)) == len(terms) >= 60


def test_the_index_says_where_each_term_is_explained() -> None:
    """A term whose words no page uses needs its place in ``book/terms.yml``."""
    index = (BOOK / "index-of-terms.md").read_text(encoding="utf-8")
    led = {term.replace("’", "'") for term in re.findall(r"(?m)^\| \{term\}`([^`]+)` \| \[", index)}
    assert {term for term, _, _ in entries()} - led == NO_PAGE
