"""Declarations that are not whole are refused; pages are made from what is declared."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from companion.errors import CourseError
from companion.exercises import registry
from tools import exercise_pages as pages

WHOLE: dict[str, Any] = {
    "id": "ch99.double",
    "title": "Double",
    "statement": "    Write `double(x)`.",
    "stub": "def double(x):\n    return ...",
    "solution": "def double(x):\n    return 2 * x",
    "explanation": "Twice.",
    "hints": ("Add it to itself.", "Or multiply."),
    "level": 1,
    "minutes": 2,
    "wrong": {n: (f"def double(x):\n    return x * {n}", "no") for n in ("3", "4", "5")},
}


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    registry.load_all()  # or the chapters would be declared here, and missing to later tests
    monkeypatch.setattr(registry, "_registry", {})


def declare(**changes: Any) -> registry.Exercise:
    fields = WHOLE | changes
    registry.exercise(fields.pop("id"), **fields)(lambda answer: None)
    return registry._registry[changes.get("id", WHOLE["id"])]


def test_a_whole_declaration_is_kept_as_written() -> None:
    made = declare()
    assert (made.chapter, made.answer_name) == ("ch99", "double")
    assert made.statement == "Write `double(x)`."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "ch9.double"}, "an id such as"),
        ({"id": "ch99.Double"}, "an id such as"),
        ({"level": 4}, "a level from 1 to 3"),
        ({"hints": ()}, "at least one hint"),
        ({"wrong": {}}, "at least three wrong answers"),
        ({"explanation": " "}, "an explanation"),
        ({"solution": "def twice(x):\n    return 2 * x"}, "define the same name"),
        ({"stub": "..."}, "define the same name"),
    ],
)
def test_an_unfinished_declaration_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CourseError, match=words):
        declare(**changes)


def test_an_id_twice_is_refused() -> None:
    declare()
    with pytest.raises(CourseError, match="no other exercise has"):
        declare()


def test_a_page_is_made_from_the_declaration_and_expanding_again_changes_nothing() -> None:
    made = declare()
    nb = new_notebook(cells=[new_markdown_cell("<!-- exercise:ch99.double -->")])
    once = nbformat.writes(pages.expand(nb))
    assert [cell.cell_type for cell in nb.cells] == ["markdown", "code", "markdown"]
    statement, stub, answer = (cell.source for cell in nb.cells)
    assert made.statement in statement
    assert "Level 1 (apply), about 2 minutes" in statement
    assert stub == f'{made.stub}\n\n\ncheck("ch99.double", double)'
    assert [f"Hint {i} of 2" in answer for i in range(4)] == [False, True, True, False]
    assert made.solution in answer
    ids = [cell.id for cell in nb.cells]
    again = pages.expand(nb)
    for cell, id in zip(again.cells, ids, strict=True):
        cell.id = id
    assert nbformat.writes(again) == once
    assert pages.ids_on(nb) == ["ch99.double"]


def test_a_changed_declaration_changes_the_page() -> None:
    declare()
    nb = pages.expand(new_notebook(cells=[new_markdown_cell("<!-- exercise:ch99.double -->")]))
    registry._registry.clear()
    declare(statement="Say it in other words.")
    assert "other words" in pages.expand(nb).cells[0].source


@pytest.mark.parametrize(("level", "words"), [(2, "2 (combine)"), (3, "3 (derive)")])
def test_the_level_is_named(level: int, words: str) -> None:
    assert words in pages.made_cells(declare(level=level))[0].source


def test_an_unknown_placeholder_is_refused() -> None:
    nb = new_notebook(cells=[new_markdown_cell("<!-- exercise:ch99.none -->")])
    with pytest.raises(CourseError, match="There is no exercise"):
        pages.expand(nb)
