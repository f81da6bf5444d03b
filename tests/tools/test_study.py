"""The study plans: minutes as stated, needs before what needs them, nothing promised too short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from companion.errors import CourseError
from companion.exercises.words import Words
from tools import study
from tools.notebooks import CARD, read
from tools.study import Page

ROOT = Path(__file__).resolve().parents[2]
A, B, C = (
    Page("01-a", "A", 10, 0.5, ()),
    Page("02-b", "B", 20, 1.0, ("03-c",)),
    Page("03-c", "C", 30, 1.5, ("01-a",)),
)
KNOWN = {"01": A, "02": B, "03": C}
WORDS = {"ch02.x": Words("ch02.x", "X", 1, 8)}
PLAN = {"name": "All", "aim": "Why.", "hours": 2, "pages": {"02": ["x"], "01": [], "03": []}}


def test_each_page_comes_after_what_it_needs() -> None:
    assert study.in_order([B, A, C]) == [A, C, B]
    assert study.in_order([A, B]) == [A, B]  # what is not chosen holds nothing up
    with pytest.raises(CourseError, match="need each other"):
        study.in_order([B, Page("03-c", "C", 1, 1, ("02-b",))])


def test_minutes_are_added_up_and_rows_are_in_order() -> None:
    text = study._plan(PLAN, KNOWN, WORDS)
    assert re.findall(r"^\| \[(\w)\].*\| (\d+) \|$", text, re.M) == [
        ("A", "10"),
        ("C", "32"),
        ("B", "29"),
    ]
    assert "about 1 hour: 3 pages and 1 exercise. The table" in text
    assert "[X](#ex-ch02-x)" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hours": 1}, "takes 71 minutes"),
        ({"pages": {"02": []}}, "lacks 03-c"),
        ({"pages": {"04": []}}, "'04', which is not there"),
        ({"pages": {"02": ["y"], "01": [], "03": []}}, r"'ch02\.y', which is not there"),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(CourseError, match=said):
        study._plan(PLAN | change, KNOWN, WORDS)


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        ("Python, no other chapter.", []),
        ("[the block](03-c).", ["03-c"]),
        ("means; chapter 1 helps.", []),
        ("chapters 1 and 3, chapter 2's bits.", ["01-a", "03-c", "02-b"]),
    ],
)
def test_needs_are_read_from_the_words_of_a_card(needs: str, found: list[str]) -> None:
    names = {number: page.page for number, page in KNOWN.items()}
    assert list(study._needed(needs, names)) == found
    with pytest.raises(CourseError, match="page 9, which"):
        list(study._needed("chapter 9", names))


def test_every_card_states_its_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert all(5 <= page.reading <= 120 for page in study.cards(ROOT).values())
    plans = yaml.safe_load((ROOT / "book" / "study.yml").read_text(encoding="utf-8"))
    assert study.plans(ROOT).count("Together about") == len(plans)


def test_a_card_states_the_minutes_of_its_exercises_to_the_nearest_five() -> None:
    for page in (ROOT / "book").glob("*.ipynb"):
        cells = [c.source for c in read(page).cells if c.cell_type == "markdown"]
        text = "\n".join(cells)
        if spent := sum(map(int, re.findall(r"\*Level \d[^*]*?about\s+(\d+)\s+minutes", text))):
            assert re.findall(r"exercises\s+(\d+)\s+minutes", text) == [str(5 * round(spent / 5))]


def test_each_page_of_a_chapter_has_a_card() -> None:
    for page in (ROOT / "book").glob("[01]*.ipynb"):
        assert any(CARD in cell.source for cell in read(page).cells), page.stem
