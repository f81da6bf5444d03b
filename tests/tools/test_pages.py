"""Binding numbers: what is filled, what is refused, what counts as loose."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion.errors import CourseError
from tools import pages

NUMBERS = pages.Numbers({"ch05.rmse": "0.392"}, {"gpt3-flops": "3.14e23"})


def test_fill_sets_both_kinds_and_is_idempotent() -> None:
    text = '<span data-result="ch05.rmse">9</span> <span data-published="gpt3-flops"></span>'
    once = pages.fill_numbers(text, NUMBERS)
    assert "0.392<" in once
    assert "3.14e23<" in once
    assert pages.fill_numbers(once, NUMBERS) == once


def test_unknown_name_is_one_sentence() -> None:
    with pytest.raises(CourseError, match=r"'ch05.nothing', which is not in results.json"):
        pages.fill_numbers('<span data-result="ch05.nothing"></span>', NUMBERS)


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        ("The error is 0.392.", ["0.392"]),
        ("It has 20,640 rows and 2689 weights.", ["20,640", "2689"]),
        ("In 1990, section 4.2.1, and 3 of 10 pages.", []),
        ("See section 3.3, tables 2.1 and D.1, and equation 1.2; 1.5 times.", ["1.5"]),
        ('$x = 0.5$, `0.5`, [a](b-0.5) and <span data-result="ch05.rmse">0.392</span>', []),
        ("```\n0.5\n```\nthen 0.25", ["0.25"]),
        ("# 4.25 heading\n\n1.5 times", ["1.5"]),
    ],
)
def test_loose_numbers(text: str, loose: list[str]) -> None:
    assert pages.loose_numbers(text) == loose


def test_generated_block_needs_its_markers_once() -> None:
    page = "a\n<!-- generated:x -->\nold\n<!-- /generated -->\nb"
    assert pages.fill_generated(page, "x", "new").splitlines()[2] == "new"
    with pytest.raises(CourseError, match="not 0×"):
        pages.fill_generated("nothing", "x", "new")


def test_results_file_is_sorted_and_survives_a_round_trip(tmp_path: Path) -> None:
    entries = {"ch05.b": {"value": "2", "page": "05"}, "ch05.a": {"value": "1", "page": "05"}}
    path = tmp_path / "results.json"
    assert pages.load_results(path) == {}
    pages.save_results(path, entries)
    assert list(pages.load_results(path)) == ["ch05.a", "ch05.b"]
    assert list(tmp_path.iterdir()) == [path]
