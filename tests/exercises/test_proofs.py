"""Every exercise: its solution passes, its stub is to do, each wrong answer is named."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import nbformat
import pytest

from companion.exercises import pages, proofs
from companion.exercises.registry import Exercise, load_all

BOOK = Path(__file__).resolve().parents[2] / "book"
ALL = list(load_all().values())
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
each = pytest.mark.parametrize("made", ALL, ids=[made.id for made in ALL])


@each
def test_solution_passes(made: Exercise) -> None:
    assert proofs.judge(made, made.solution) == ("pass", "Right.")


@each
def test_stub_is_to_do(made: Exercise) -> None:
    assert proofs.judge(made, made.stub)[0] == "todo"


@pytest.mark.parametrize(
    ("made", "name"),
    [(made, name) for made in ALL for name in made.wrong],
    ids=[f"{made.id}-{name}" for made in ALL for name in made.wrong],
)
def test_wrong_answer_is_named(made: Exercise, name: str) -> None:
    source, cause = made.wrong[name]
    state, message = proofs.judge(made, source)
    assert state == "wrong", message
    assert cause in message


@each
def test_mutants_of_the_solution_are_caught(made: Exercise) -> None:
    alive, count = proofs.surviving(made)
    # A word has no mutants; one in ten may be equivalent to the solution.
    assert len(alive) <= 0.1 * count, "\n---\n".join(alive)


@each
def test_oracle_shares_no_code_with_the_solution(made: Exercise) -> None:
    """No line of the solution, however spaced, stands in the oracle."""
    body = ast.parse(made.solution).body[-1]
    inner = body.body if isinstance(body, ast.FunctionDef) else []
    lines = {ast.unparse(node) for node in inner if len(ast.unparse(node)) > 20}
    oracle = ast.unparse(ast.parse(inspect.getsource(made.oracle)).body[0].body)  # type: ignore[attr-defined]
    assert not [line for line in lines if line in oracle]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.name for path in NOTEBOOKS])
def test_cells_on_the_page_are_those_of_the_registry(path: Path) -> None:
    nb = nbformat.read(path, as_version=4)
    for made in (load_all()[id] for id in pages.ids_on(nb)):
        on_page = [c for c in nb.cells if c.metadata.get("exercise", {}).get("id") == made.id]
        assert [c.source for c in on_page] == [c.source for c in pages.made_cells(made)]
        assert "To do" in str(on_page[1].outputs)


def test_a_second_page_has_a_module_of_its_own_in_the_same_chapter() -> None:
    modules = {made.oracle.__module__.rsplit(".", 1)[1] for made in ALL if made.chapter == "ch03"}
    assert "ch03b" in modules


def test_every_exercise_of_a_finished_chapter_is_on_its_page_once() -> None:
    shown = [id for path in NOTEBOOKS for id in pages.ids_on(nbformat.read(path, as_version=4))]
    assert len(shown) == len(set(shown))
    # A chapter is finished when its main page is there: 03-…, not only 03b-….
    finished = {f"ch{path.name[:2]}" for path in NOTEBOOKS if path.name[2] == "-"}
    assert {made.id for made in ALL if made.chapter in finished} <= set(shown)
