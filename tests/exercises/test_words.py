"""Titles, levels and minutes come from the notebooks, and no notebook is fatal to a check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from companion.errors import CourseError
from companion.exercises import check, progress
from companion.exercises.words import Words, listed
from tests.exercises.conftest import statement, write_page


def test_words_are_read_in_the_order_of_pages_and_cells(course: Path) -> None:
    write_page(course, statement(id="ch07.z"), statement(id="ch07.a"), name="07-page")
    write_page(course, statement(id="ch05.more", level=3), name="05a-page")
    found = listed()
    assert list(found) == ["ch05.double", "ch05.more", "ch07.z", "ch07.a"]
    assert found["ch05.more"] == Words("ch05.more", "Twice", 3, 4)
    assert list(listed("07*")) == ["ch07.z", "ch07.a"]
    assert [row[0] for row in progress().rows] == list(found)


def test_a_check_shows_the_title_and_without_its_page_the_id(course: Path) -> None:
    assert check("ch05.double", ...).title == "Twice"
    assert check("ch05.double-again", ...).title == "ch05.double-again"


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"cells": 1}', '{"cells": [{"metadata": {"exercise": {"part": "statement"}}}]}'],
)
def test_a_file_that_is_no_page_is_named_and_a_check_goes_on(course: Path, content: str) -> None:
    (course / "book" / "05-torn.ipynb").write_text(content, encoding="utf-8")
    with pytest.raises(CourseError, match=r"05-torn\.ipynb"):
        progress()
    assert check("ch05.double", lambda x: 2 * x).state == "pass"


def test_a_page_is_read_again_when_it_changes(course: Path, monkeypatch: Any) -> None:
    assert listed()["ch05.double"].title == "Twice"
    write_page(course, statement(title="Another title"))
    assert listed()["ch05.double"].title == "Another title"


def test_where_no_page_has_exercises_the_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError) as caught:
        progress()
    assert str(tmp_path) in str(caught.value)
