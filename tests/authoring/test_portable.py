"""Pages on other processors: what moves is named, what stands is not, nothing is run twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from companion.authoring import pages, portable
from companion.authoring.portable import PROCESSORS, Run, compare, run_all, table
from companion.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
STEADY = {"one": {"CASE": "1"}, "two": {"CASE": "1"}}
SHAKY = {"one": {"CASE": "1"}, "two": {"CASE": "2"}}


def page(folder: Path, *printed: str, code: str = "pass", tags: list[str] | None = None) -> Path:
    cells = [new_code_cell(code, execution_count=1, metadata={"tags": tags or []}) for _ in printed]
    for cell, text in zip(cells, printed, strict=True):
        cell.outputs = [new_output("stream", name="stdout", text=text)]
    path = folder / "01-page.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("words"), *cells]), path)
    return path


def moved(path: Path, *texts: str) -> list[portable.Moved]:
    runs = {f"run {i}": Run({1: text}, (), 1.0) for i, text in enumerate(texts)}
    return list(compare(path, runs))


def test_each_number_that_moves_is_named_with_where_it_was_seen(tmp_path: Path) -> None:
    stored = "tanh: right 0.5, sums -2.2\nsoftmax: right 0.9\n"
    path = page(tmp_path, stored)
    found = moved(path, stored, stored.replace("0.5", "0.4"))
    assert [(m.page, m.cell, m.number) for m in found] == [("01-page", 1, "tanh: right")]
    assert found[0].seen == {"0.5": ["stored", "run 0"], "0.4": ["run 1"]}
    assert "01-page | 1 | tanh: right | 0.5 (stored, run 0); 0.4 (run 1)" in table(found)


@pytest.mark.parametrize("number", ["-3", "1,234", "0.5", "1e-05", "−2"])
def test_every_form_of_number_is_seen(tmp_path: Path, number: str) -> None:
    path = page(tmp_path, f"gain {number} %")
    assert [m.number for m in moved(path, "gain 7 %")] == ["gain"]


def test_words_and_lines_that_differ_are_told(tmp_path: Path) -> None:
    path = page(tmp_path, "a\nahead: True\n")
    assert [m.number for m in moved(path, "a\nahead: False\n")] == ["line 2"]
    assert moved(path, "a\nahead: True\n") == []
    assert len(moved(path, "a\n")) == 1


def test_cells_that_print_times_are_left_out(tmp_path: Path) -> None:
    path = page(tmp_path, "took 3 s", tags=["nbval-ignore-output"])
    assert moved(path, "took 4 s") == []


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return what writes a page of one cell into a small course, where the command runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "book").mkdir()
    (tmp_path / "requirements.lock").write_text("")
    entry = {"ch01.x": {"value": "1", "page": "01-page"}}
    (tmp_path / "book" / "results.json").write_text(json.dumps(entry))

    def write(code: str) -> Path:
        return page(tmp_path / "book", "ch01.x = 1\n", code=code).relative_to(tmp_path)

    return write


CODE = (
    "import os\nfrom companion.results import record\n"
    "record('ch01.x', float(os.environ['CASE']) / {}, '.0f')"
)


def use(monkeypatch: pytest.MonkeyPatch, processors: dict[str, Any]) -> None:
    monkeypatch.setattr(portable, "available", lambda: processors)


def test_a_cell_that_amplifies_is_found_and_its_interval_noted(
    course: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = course(CODE.format(1))
    use(monkeypatch, SHAKY)
    assert [m.number for m in portable.portable([path])] == ["ch01.x ="]
    entry = pages.load_results(Path("book/results.json"))["ch01.x"]
    assert entry == {"value": "1", "page": "01-page", "format": ".0f", "seen": [1.0, 2.0]}


def test_what_is_kept_is_not_run_again_until_the_code_changes(
    course: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = course(CODE.format(1))
    first = run_all([path], STEADY)
    assert [run.texts[1] for run in first[path].values()] == ["ch01.x = 1\n"] * 2
    before = portable._kept(path, "one")
    monkeypatch.setattr(portable.subprocess, "run", None)  # a run would stop here
    assert run_all([path], STEADY) == first
    course(CODE.format(2))
    assert portable._kept(path, "one") != before


def test_a_page_that_stops_is_named_with_its_error(
    course: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, {"one": {}})
    with pytest.raises(CourseError, match=r"01-page stops on one: .*no number"):
        portable.portable([course("raise ValueError('no number')")])


def test_the_matrix_has_the_processors_that_the_course_promises() -> None:
    cores = {settings.get("OPENBLAS_CORETYPE") for settings in PROCESSORS.values()}
    assert {"Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX"} <= cores
    threads = {settings.get("OMP_NUM_THREADS") for settings in PROCESSORS.values()}
    assert {"1", "2", "4"} <= threads
    assert any(settings.get("TF_ENABLE_ONEDNN_OPTS") == "0" for settings in PROCESSORS.values())
    assert portable.OLDEST in PROCESSORS
