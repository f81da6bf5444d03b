"""Two runs of one page beside each other: every number that moved is named, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.moved import Moved, compare, compared_texts, table


def page(folder: Path, printed: str, *, tags: list[str] | None = None) -> Path:
    cell = new_code_cell("pass", execution_count=1, metadata={"tags": tags or []})
    cell.outputs = [new_output("stream", name="stdout", text=printed)]
    path = folder / "01-page.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("words"), cell]), path)
    return path


def moved(path: Path, *texts: str) -> list[Moved]:
    return list(compare(path, {f"run {i}": {1: text} for i, text in enumerate(texts)}))


def test_each_number_that_moves_is_named_with_where_it_was_seen(tmp_path: Path) -> None:
    stored = "tanh: right 0.5, sums -2.2\nsoftmax: right 0.9\n"
    found = moved(page(tmp_path, stored), stored, stored.replace("0.5", "0.4"))
    assert [(m.page, m.cell, m.number) for m in found] == [("01-page", 1, "tanh: right")]
    assert found[0].seen == {"0.5": ["stored", "run 0"], "0.4": ["run 1"]}
    assert "01-page | 1 | tanh: right | 0.5 (stored, run 0); 0.4 (run 1)" in table(found)


@pytest.mark.parametrize("number", ["-3", "1,234", "0.5", "1e-05", "1.0E+3", "−2", "nan", "-inf"])
def test_every_form_of_number_is_seen(tmp_path: Path, number: str) -> None:
    assert [m.number for m in moved(page(tmp_path, f"gain {number} %"), "gain 7 %")] == ["gain"]


def test_a_number_that_grows_wider_hides_no_other(tmp_path: Path) -> None:
    path = page(tmp_path, "A   9.9\nB   3.1\nC   4.1\n")
    assert [m.number for m in moved(path, "A  10.0\nB   3.2\nC   4.1\n")] == ["A", "B"]


@pytest.mark.parametrize(
    ("stored", "other", "number"),
    [
        ("a\nahead: True\n", "a\nahead: False\n", "line 2"),
        ("a\nb\n", "a\n", "line 2"),
        ("a 1\n", "a 1", "line ends"),
        ("a  1", "a 1", "spaces in line 1"),
    ],
)
def test_whatever_nbval_would_refuse_is_told(
    tmp_path: Path, stored: str, other: str, number: str
) -> None:
    assert [m.number for m in moved(page(tmp_path, stored), other)] == [number]
    assert moved(page(tmp_path, stored), stored) == []


def test_cells_that_print_times_are_left_out(tmp_path: Path) -> None:
    assert moved(page(tmp_path, "took 3 s", tags=["nbval-ignore-output"]), "took 4 s") == []


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"text/plain": "5"}, "5"),
        ({"text/plain": "<HTML object>", "text/html": "<b>5</b>"}, " 5 "),
        ({"text/plain": "<Figure>", "image/png": "x"}, ""),
    ],
)
def test_tables_count_and_pictures_do_not(data: dict[str, Any], text: str) -> None:
    cell = new_code_cell("x", outputs=[new_output("display_data", data=data)])
    assert compared_texts(new_notebook(cells=[cell])) == {1: text}
