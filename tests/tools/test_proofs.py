"""Every exercise: its solution passes, its stub is to do, each wrong answer is named."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from companion.exercises.engine import judged
from companion.exercises.registry import Exercise, Mistake, get, ids
from tools import exercise_pages as pages
from tools import notebooks, proofs

BOOK = Path(__file__).resolve().parents[2] / "book"
NOTEBOOKS = {path.stem: notebooks.read(path) for path in sorted(BOOK.glob("*.ipynb"))}
ON_PAGES = {id: cells for nb in NOTEBOOKS.values() for id, cells in pages.on_page(nb).items()}
PASSES = ("pass", "Right.")
WIDEST_LINE = 85  # what a page of 1280 pixels shows beside its two side bars


@pytest.mark.parametrize("id", ON_PAGES)
def test_an_exercise_and_its_judge(id: str) -> None:
    made, cells = get(id), ON_PAGES[id]
    solution_passes_in_every_form(made)
    stub_is_to_do(made, cells["stub"])
    mistakes_are_named(made)
    mutants_of_the_solution_are_caught(made)
    judge_shares_no_code_with_the_solution(made)
    words_are_written(cells)


def solution_passes_in_every_form(made: Exercise) -> None:
    shown = pages.solution(made)
    assert max(map(len, shown.source.splitlines())) <= WIDEST_LINE
    assert proofs.judge(made, shown.source) == PASSES
    right = getattr(made.module, shown.name)
    assert judged(made, right) == PASSES
    if callable(right):
        for form in (in_single_precision, stacked, one_by_one, of_another_library):
            given = judged(made, lambda *given, form=form: form(right(*given)))
            assert given == PASSES, form.__name__


def stub_is_to_do(made: Exercise, cell: Any) -> None:
    name = pages.solution(made).name
    assert cell.source.endswith(f'\ncheck("{made.id}", {name})')
    assert proofs.judge(made, pages.stub(cell))[0] == "todo"
    assert "To do" in str(cell.outputs)


def mistakes_are_named(made: Exercise) -> None:
    assert len(made.mistakes) >= 3
    for name, mistake in made.mistakes.items():
        state, message = judged(made, mistake.answer)
        assert (state, mistake.words in message) == ("wrong", True), (name, message)


def mutants_of_the_solution_are_caught(made: Exercise) -> None:
    alive, count = proofs.surviving(made)
    # A word has no mutants; one in ten may be equivalent to the solution.
    assert len(alive) <= 0.1 * count, "\n---\n".join(alive)


def judge_shares_no_code_with_the_solution(made: Exercise) -> None:
    """No line of the solution, however spaced, stands in the judge or in what it calls."""
    shown = pages.solution(made)
    body = ast.parse(shown.source).body[-1]
    inner = body.body if isinstance(body, ast.FunctionDef) else []
    lines = {ast.unparse(node) for node in inner if len(ast.unparse(node)) > 20}
    answers = {shown.name, *made.mistakes}
    rest = [
        ast.unparse(node)
        for node in ast.parse(made.path.read_text(encoding="utf-8")).body
        if getattr(node, "name", "") not in answers
    ]
    assert not [line for line in lines if line in "\n".join(rest)]


def words_are_written(cells: dict[str, Any]) -> None:
    assert list(cells) == ["statement", "stub", "help"]
    assert all(pages.UNWRITTEN not in cell.source for cell in cells.values())
    assert cells["help"].source.startswith(f"::::{pages.FOLD}\n\n:::{{admonition}} Hint 1 of ")


class Tensor:
    """Another library's array: NumPy can read it, and it is no NumPy type."""

    def __init__(self, value: Any) -> None:
        self.value = np.asarray(value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.value.astype(dtype) if dtype else self.value

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, key: Any) -> Any:
        return self.value[key]

    def __float__(self) -> float:
        return float(self.value)


def in_single_precision(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(map(in_single_precision, value))
    form = np.asarray(value)
    return form.astype(np.float32)[()] if form.dtype == np.float64 else value


def stacked(value: Any) -> Any:
    try:
        return np.asarray(value) if isinstance(value, tuple | list) else value
    except ValueError:  # of different lengths
        return value


def one_by_one(value: Any) -> Any:
    return (entry for entry in value) if isinstance(value, tuple | list | np.ndarray) else value


def of_another_library(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(of_another_library, value))
    return value if isinstance(value, str | list | set | dict) else Tensor(value)


def test_files_and_pages_have_the_same_exercises_each_once() -> None:
    shown = [id for nb in NOTEBOOKS.values() for id in pages.on_page(nb)]
    assert sorted(shown) == ids()
    chapters = {(page[:2], id[2:4]) for page, nb in NOTEBOOKS.items() for id in pages.on_page(nb)}
    assert all(page == chapter for page, chapter in chapters)


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_what_a_page_derives_from_the_files_is_current(page: str) -> None:
    nb = notebooks.read(BOOK / f"{page}.ipynb")
    pages.fill(nb)
    assert nb == NOTEBOOKS[page]


def test_a_mistake_that_the_judge_does_not_name_is_seen() -> None:
    made = get("ch05.linear")
    made.module.unnamed = Mistake("words that no judge says", lambda X, y: y)  # type: ignore[attr-defined]
    try:
        with pytest.raises(AssertionError, match="unnamed"):
            mistakes_are_named(made)
    finally:
        del made.module.unnamed


def test_mutants_are_all_small_changes_and_each_once() -> None:
    lines = ["def f(x, y):", "    z = x - y", "    z = g(z, 0, key=None)", "    return z < 1"]
    changed = [(1, "z = x + y"), (1, "z = y - x"), (2, "z = g(0, z, key=None)"), (2, "z = g(z, 0)")]
    changed += [(2, "z = g(z, 1, key=None)"), (3, "return z >= 1"), (3, "return z < 2")]
    changed += [(3, "return z < -1"), (1, ""), (2, "")]
    expected = []
    for place, text in changed:
        kept = [*lines[:place], *([f"    {text}"] if text else []), *lines[place + 1 :]]
        expected.append("\n".join(kept))
    assert sorted(proofs.mutants("\n".join(lines))) == sorted(expected)
