"""Figures: each chart is that of its source, and every plot is of one family of sizes."""

from __future__ import annotations

import ast
import hashlib
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

BOOK = Path(__file__).resolve().parents[1] / "book"
SOURCES = sorted((BOOK / "figures").glob("*.mmd"))
PAGES = sorted(BOOK.glob("*.ipynb"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("path", SOURCES, ids=[path.name for path in SOURCES])
def test_a_picture_carries_the_hash_of_its_source(path: Path) -> None:
    root = ET.parse(path.with_suffix(".svg")).getroot()
    source = path.read_text(encoding="utf-8")
    # A red test: draw the chart anew, then give the picture the hash of what was drawn.
    assert root.attrib["data-source-sha256"] == hashlib.sha256(source.encode()).hexdigest()
    named = {e.attrib["id"]: e.text for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")}
    assert all(named[name] for name in root.attrib["aria-labelledby"].split())


def test_the_charts_are_there() -> None:
    assert len(SOURCES) == 2


# A picture may keep what the family has not, if it is named here with its reason.
OWN = {
    ("03a1-attention", "fontsize=15"): "the plus signs of the diagram are symbols, not text",
}


def drawn_apart(page: Path) -> list[tuple[str, str]]:
    """Return what a page's cells set by themselves of sizes, as (page, words)."""
    cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
    calls = (
        keyword
        for cell in cells
        if cell["cell_type"] == "code"
        for keyword in ast.walk(ast.parse("".join(cell["source"])))
        if isinstance(keyword, ast.keyword)
    )
    return [
        (page.stem, ast.unparse(keyword))
        for keyword in calls
        if keyword.arg in {"figsize", "fontsize", "labelsize", "titlesize", "dpi"}
        and not ast.unparse(keyword).startswith("figsize=plotting.")
    ]


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_page_draws_in_the_sizes_of_the_family(page: Path) -> None:
    apart = [found for found in drawn_apart(page) if found not in OWN]
    assert not apart, "take a size of companion.plotting, and letters as they are"


def test_exceptions_are_in_use() -> None:
    assert {found for page in PAGES for found in drawn_apart(page)} == set(OWN)
