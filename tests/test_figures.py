"""Drawn figures: each picture is that of its source, and says what it shows."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).resolve().parents[1] / "book" / "figures").glob("*.mmd"))
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
