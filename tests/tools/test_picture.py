"""The picture of the claims: one mark each, told in words, in the shapes of the style sheet."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from tools import picture
from tools.ledger import WORDS, Claim, load
from tools.refresh import pictured

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
LEDGER = load(ROOT / "book" / "claims.yml")


def claim(id: str, verdict: str) -> Claim:
    section = id[1:].split("-")[0]
    return Claim(id, section, "“”", "It is.", verdict, "No.", "A cell.", ("key2020",))


def drawn(claims: list[Claim], titles: dict[str, str]) -> ET.Element:
    return ET.fromstring(picture.draw(claims, titles))


def test_each_claim_is_one_mark_in_the_row_of_its_chapter_sorted_by_verdict() -> None:
    given = [claim("c1-a", "wrong"), claim("c1-b", "holds"), claim("c2.1-a", "only-if")]
    root = drawn(given, {"1": "1. Size & data", "2": "2. Tools and resources"})
    assert [text.text for text in root.iter(f"{SVG}text")] == ["Size & data", "Tools"]
    rows = [[use.attrib["data-claim"] for use in row] for row in root.iter(f"{SVG}g")]
    assert rows == [["c1-b", "c1-a"], ["c2.1-a"]]
    assert {use.attrib["class"] for use in root.iter(f"{SVG}use")} == {"wrong", "holds", "only-if"}
    (sealed,) = (path for path in root.iter(f"{SVG}path") if path.get("class") == "sealed")
    assert sealed.attrib["d"].count("M") == 3


def test_it_says_in_words_what_it_shows() -> None:
    root = drawn([claim("c1-a", "wrong"), claim("c1-b", "wrong"), claim("c2-a", "holds")], {})
    assert root.attrib["aria-labelledby"] == "picture-title picture-desc"
    assert root.findtext(f"{SVG}desc") == "Chapter 1: 2 wrong. Chapter 2: 1 holds."


def test_no_mark_leaves_the_drawing_however_many_there_are() -> None:
    many = [claim(f"c1-{chr(97 + n % 26)}", "holds") for n in range(90)]
    for use in drawn(many, {}).iter(f"{SVG}use"):
        assert float(use.attrib["x"]) + float(use.attrib["width"]) <= picture.WIDTH


@pytest.mark.parametrize("verdict", WORDS)
def test_every_verdict_has_a_shape_and_the_style_sheet_the_same(verdict: str) -> None:
    sheet = (ROOT / "book" / "_static" / "course.css").read_text(encoding="utf-8")
    assert f" d='{picture.SHAPES[verdict]}'" in sheet
    assert f".{verdict} {{ --own: var(--{verdict}); --shape: var(--icon-{verdict}); }}" in sheet
    # By day and by night.
    assert sheet.count(f" --{verdict}: #") == 2
    assert len(set(picture.SHAPES.values())) == len(WORDS) == len(picture.COLOURS)


def test_the_landing_page_has_the_ledger_s_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    stored = (ROOT / "book" / "figures" / "verdicts.svg").read_text(encoding="utf-8")
    assert stored == pictured()
    marks = Counter(use.attrib["class"] for use in ET.fromstring(stored).iter(f"{SVG}use"))
    assert marks == Counter(claim.verdict for claim in LEDGER.values())
