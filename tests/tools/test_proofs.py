"""Every exercise: its solution passes, its stub is to do, each wrong answer is named."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from companion.exercises.engine import _judged
from companion.exercises.registry import Exercise, load_all
from tools import exercise_pages as pages
from tools import proofs

BOOK = Path(__file__).resolve().parents[2] / "book"
ALL = list(load_all().values())
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
FUNCTIONS = [made for made in ALL if made.stub.startswith("def ") or "\ndef " in made.stub]
each = pytest.mark.parametrize("made", ALL, ids=[made.id for made in ALL])


@each
def test_solution_passes(made: Exercise) -> None:
    assert proofs.judge(made, made.solution) == ("pass", "Right.")


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


@pytest.mark.parametrize(
    "form", [in_single_precision, stacked, one_by_one, of_another_library], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("made", FUNCTIONS, ids=[made.id for made in FUNCTIONS])
def test_the_form_of_a_right_answer_does_not_matter(
    made: Exercise, form: Callable[[Any], Any]
) -> None:
    namespace: dict[str, Any] = {"np": np, "__name__": "answer"}
    exec(made.solution, namespace)
    right = namespace[made.answer_name]
    assert _judged(made, lambda *given: form(right(*given))) == ("pass", "Right.")


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
