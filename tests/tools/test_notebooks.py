"""Refreshing twice leaves no difference; a broken notebook is one sentence."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from companion.errors import CourseError
from tools import notebooks


def page(*sources: str) -> nbformat.NotebookNode:
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def test_normalise_gives_stable_unique_ids_and_drops_times() -> None:
    nb = page("x = 1", "x = 1", "y = 2")
    nb.cells[0].metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00"}
    nb.cells[2].metadata["tags"] = ["hide-input"]
    first = notebooks.normalise(nb)
    ids = [cell.id for cell in first.cells]
    assert len(set(ids)) == 3
    assert first.cells[0].metadata == {}
    assert first.cells[2].metadata == {"tags": ["hide-input"]}
    assert [cell.id for cell in notebooks.normalise(page("x = 1", "x = 1", "y = 2")).cells] == ids


def test_execute_twice_gives_the_same_file(tmp_path: Path) -> None:
    texts = []
    for _ in range(2):
        nb = page("from companion.results import record\nrecord('ch99.x', 0.5, '.2f')")
        notebooks.execute(nb, tmp_path)
        path = tmp_path / "page.ipynb"
        notebooks.write(path, notebooks.normalise(nb))
        texts.append(path.read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    assert notebooks.collect(notebooks.read(tmp_path / "page.ipynb")) == {"ch99.x": "0.50"}


def test_collect_refuses_a_name_recorded_twice() -> None:
    nb = page("a", "b")
    for cell in nb.cells:
        cell.outputs = [new_output("stream", name="stdout", text="ch99.x = 1\n")]
    with pytest.raises(CourseError, match="recorded twice"):
        notebooks.collect(nb)


def test_uncompared_cell_keeps_its_stored_output_while_unchanged() -> None:
    def timed(text: str, source: str = "time()") -> nbformat.NotebookNode:
        nb = page(source)
        nb.cells[0].metadata["tags"] = [notebooks.UNCOMPARED]
        nb.cells[0].outputs = [new_output("stream", name="stdout", text=text)]
        return notebooks.normalise(nb)

    kept = notebooks.keep_uncompared(timed("2 s"), timed("1 s"))
    assert kept.cells[0].outputs[0].text == "1 s"
    changed = notebooks.keep_uncompared(timed("2 s", "other()"), timed("1 s"))
    assert changed.cells[0].outputs[0].text == "2 s"


def test_a_file_that_is_no_notebook_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "page.ipynb"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(CourseError, match="should be a notebook"):
        notebooks.read(broken)


def test_format_code_reports_what_ruff_finds(tmp_path: Path) -> None:
    nb = new_notebook(cells=[new_markdown_cell("# A"), new_code_cell("x=1\nprint( x )")])
    path = tmp_path / "page.ipynb"
    notebooks.write(path, notebooks.normalise(nb))
    notebooks.format_code(path)
    assert notebooks.read(path).cells[1].source == "x = 1\nprint(x)"


@pytest.mark.parametrize(
    ("name", "prefix"), [("05-house", "ch05"), ("05b-cal", "ch05b"), ("measured", "measured")]
)
def test_prefix(name: str, prefix: str) -> None:
    assert notebooks.prefix(name) == prefix


def test_code_of_the_first_screen_is_folded_once() -> None:
    nb = page("import companion", "measure()", "lesson()")
    nb.cells[1].metadata["tags"] = ["nbval-ignore-output"]
    nb.cells.insert(2, new_markdown_cell(f"{notebooks.CARD}\n:class: tip\n:::"))
    for _ in range(2):
        tags = [c.metadata.get("tags", []) for c in notebooks.normalise(nb).cells]
        assert tags == [["hide-input"], ["nbval-ignore-output", "hide-input"], [], []]
