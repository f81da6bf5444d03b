"""A new exercise gets its cells from its file; what a page derives follows its sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from companion.errors import CourseError
from companion.exercises.registry import get
from tools import exercise_pages as pages
from tools import proofs

SOURCE = """
from itertools import pairwise, permutations
from math import prod

import numpy as np

def rises(x, *, base=0):
    prod = np.cumsum(x)
    return sum(base < b - a for a, b in pairwise(prod))

def judge(answer):
    assert permutations
"""


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "exercises" / "ch99" / "count_rises.py"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def expanded() -> Any:
    nb = new_notebook(cells=[new_markdown_cell("<!-- exercise:ch99.count-rises -->")])
    return pages.expand(nb)


def test_a_solution_is_shown_with_the_imports_that_it_needs() -> None:
    shown = pages.solution(get("ch99.count-rises"))
    assert shown.name == "rises"
    lines = shown.source.splitlines()
    assert lines[:4] == ["from itertools import pairwise", "", "", "def rises(x, *, base=0):"]
    assert len(lines) == 6
    assert shown.stub.splitlines()[0] == lines[3]


def test_a_value_has_a_stub_too(file: Path) -> None:
    file.write_text('side = "left"\n\ndef judge(answer): ...\n', encoding="utf-8")
    shown = pages.solution(get("ch99.count-rises"))
    assert (shown.name, shown.source, shown.stub) == ("side", 'side = "left"', "side = ...")


def test_a_placeholder_becomes_three_cells_and_expanding_again_changes_nothing() -> None:
    nb = expanded()
    once = nbformat.writes(nb)
    assert [cell.cell_type for cell in nb.cells] == ["markdown", "code", "markdown"]
    cells = pages.on_page(nb)["ch99.count-rises"]
    assert list(cells) == ["statement", "stub", "help"]
    assert cells["statement"].source.startswith("(ex-ch99-count-rises)=\n")
    assert cells["stub"].source.endswith('\n\n\ncheck("ch99.count-rises", rises)')
    assert "check" not in pages.stub(cells["stub"])
    assert pages.UNWRITTEN in cells["statement"].source
    assert nbformat.writes(pages.expand(nb)) == once


def test_metadata_follow_the_words_and_the_solution_its_file(file: Path) -> None:
    nb = expanded()
    statement, _, help_ = nb.cells
    statement.source = statement.source.replace(
        "Exercise: (to be written)", "Exercise: Count: what *rises*"
    ).replace("Level 1 (apply), about 5 minutes", "Level 3 (derive), about 15 minutes")
    file.write_text(SOURCE.replace("base < b - a", r"'\\d' and base <= b - a"), encoding="utf-8")
    pages.fill(nb)
    part = statement.metadata["exercise"]
    assert (part["title"], part["level"], part["minutes"]) == ("Count: what *rises*", 3, 15)
    assert help_.source.count(r"'\\d' and base <= b - a") == 1
    assert help_.source.endswith(f"```\n\n{pages.UNWRITTEN}\n:::\n::::")
    once = nbformat.writes(nb)
    pages.fill(nb)
    assert nbformat.writes(nb) == once


def test_hints_and_solution_come_into_one_fold_whatever_they_hold() -> None:
    nb = expanded()
    help_ = nb.cells[2]
    folded = help_.source
    assert folded.startswith(f"::::{pages.FOLD}\n\n:::{{admonition}} Hint 1 of 1\n")
    help_.source = folded.removeprefix(f"::::{pages.FOLD}\n\n").removesuffix("\n::::")
    pages.fill(nb)
    assert help_.source == folded
    nested = "::::{admonition} Hint 1 of 1\n:::{math}\nx\n:::\n::::"
    assert pages.folded(nested) == f":::::{pages.FOLD}\n\n{nested}\n:::::"
    assert pages.folded(pages.folded(nested)) == pages.folded(nested)


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        (0, "Level 1 (apply)", "Level 1 (derive)"),
        (0, "Level 1 (apply)", "Level 4 (invent)"),
        (0, "about 5 minutes", "soon"),
        (0, "Exercise: ", ""),
        (2, "```python", "```"),
        (2, "Solution", "Answer"),
    ],
)
def test_a_cell_without_what_is_read_is_refused(cell: int, old: str, new: str) -> None:
    nb = expanded()
    nb.cells[cell].source = nb.cells[cell].source.replace(old, new)
    with pytest.raises(CourseError, match=r"ch99\.count-rises"):
        pages.fill(nb)


def test_an_unknown_placeholder_is_refused() -> None:
    nb = new_notebook(cells=[new_markdown_cell("<!-- exercise:ch99.none -->")])
    with pytest.raises(CourseError, match=r"ch99\.none"):
        pages.expand(nb)


def test_the_catalogue_lists_what_stands_on_pages_by_chapter(tmp_path: Path) -> None:
    nb = expanded()
    pages.fill(nb)
    nbformat.write(nb, tmp_path / "99-page.ipynb")
    lines = pages.catalogue().splitlines()
    assert lines[0] == "## Chapter 99"
    assert lines[-1].endswith("(#ex-ch99-count-rises) | `ch99.count-rises` | 1 (apply) | 5 |")


def test_sources_that_fail_or_do_not_end_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs.limits, "SECONDS", 0.2)
    made = get("ch99.count-rises")
    assert proofs.judge(made, "1 / 0")[0] == "error"
    assert proofs.judge(made, "while True: pass")[0] == "error"
