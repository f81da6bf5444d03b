"""What `make check` refuses: each fault is planted in a clean page, or in a clean lock."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import hygiene, notebooks
from tools.environment import BOOK, LOCKS, REFERENCE, WHOLE, locked

ROOT = Path(__file__).resolve().parents[2]
MISSPELT = "rec" + "ieve"  # in two pieces: this file is checked as well


def page(folder: Path, cells: list[NotebookNode], *, dirty: str = "") -> Path:
    """Write a page as refresh leaves it, with another id in the cell whose source is given."""
    nb = notebooks.normalise(new_notebook(cells=[new_markdown_cell("# Title"), *cells]))
    for cell in nb.cells:
        if dirty and cell.source == dirty:
            cell.id = "by-hand"
    path = folder / "01-page.ipynb"
    nbformat.write(nb, path)
    return path


def code(source: str, run: int | None = 1, **fields: object) -> NotebookNode:
    return new_code_cell(source, execution_count=run, **fields)


def printed(name: str, text: str) -> NotebookNode:
    return new_output("stream", name=name, text=text)


def test_a_clean_page_has_no_fault(tmp_path: Path) -> None:
    cells = [code("x = 1" + "\n" * 28 + "x"), code("#" * 85, 2, outputs=[printed("stdout", "2")])]
    assert hygiene.faults(page(tmp_path, cells)) == []


@pytest.mark.parametrize(
    ("cells", "cause"),
    [
        ([code("a"), code("b", 3)], "cell 3 .* number 2"),
        ([code("a", None)], "cell 2 .* number 1"),
        ([code("x\n" * 30 + "x")], "cell 2 .* lines"),
        ([code("a"), code("#" * 86, 2)], "cell 3 .* columns"),
        ([code("a", outputs=[printed("stderr", "a warning")])], "cell 2 .*a warning"),
        (
            [code("a", outputs=[new_output("error", ename="E", evalue="v", traceback=[])])],
            "cell 2 .* error",
        ),
        ([code("a", outputs=[printed("stdout", "in /home/me/x")])], "cell 2 .* /home/"),
        ([code("open('/usr/mine')")], "cell 2 .* /usr/"),
        ([code("a", metadata={"tags": [notebooks.UNCOMPARED]})], "1 of 1"),
    ],
)
def test_each_fault_names_its_cell(tmp_path: Path, cells: list[NotebookNode], cause: str) -> None:
    (fault,) = hygiene.faults(page(tmp_path, cells))
    assert re.search(rf"01-page.*{cause}", fault)


def test_a_cell_changed_by_hand_is_seen(tmp_path: Path) -> None:
    (fault,) = hygiene.faults(page(tmp_path, [code("a"), code("b", 2)], dirty="b"))
    assert "cell 3" in fault


@pytest.mark.parametrize(
    "cell",
    [
        new_markdown_cell(f"one\n\nWe {MISSPELT} it."),
        code(f"x = 1\n# {MISSPELT}"),
        code("plt.show()", metadata={"mystnb": {"figure": {"caption": f"We {MISSPELT} it."}}}),
    ],
)
def test_a_wrong_word_names_page_and_cell(tmp_path: Path, cell: NotebookNode) -> None:
    (found,) = hygiene.misspelt([page(tmp_path, [code("a"), cell])], ROOT / "pyproject.toml")
    assert re.match(rf"01-page, cell 3:\d: {MISSPELT}", found)


def test_the_words_of_the_settings_are_accepted(tmp_path: Path) -> None:
    path = page(tmp_path, [new_markdown_cell("The fpr of a test")])
    assert hygiene.misspelt([path], ROOT / "pyproject.toml") == []
    bare = tmp_path / "pyproject.toml"
    bare.touch()
    assert len(hygiene.misspelt([path], bare)) == 1


def locks(folder: Path) -> None:
    for name in ("pyproject.toml", "environment.yml", *LOCKS):
        (folder / name).write_bytes((ROOT / name).read_bytes())


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda lock: re.sub(r"(?m)^(sphinx-design|keras)==", "other==", lock), "missing"),
        (lambda lock: re.sub(r"(pyyaml==\S+).*(\\\n.*--hash.*)+", r"\1", lock), "pyyaml"),
        (lambda lock: lock + "--index-url https://example.org\n", "address"),
    ],
)
def test_each_fault_of_a_lock_is_named(
    tmp_path: Path, name: str, change: Callable[[str], str], cause: str
) -> None:
    locks(tmp_path)
    assert hygiene.lock_faults(tmp_path) == []
    (tmp_path / name).write_text(change((ROOT / name).read_text("utf-8")), encoding="utf-8")
    assert any(name in fault and cause in fault for fault in hygiene.lock_faults(tmp_path))


@pytest.mark.parametrize(
    ("name", "package", "named"),
    [(WHOLE, "ruff", "environment.yml"), (BOOK, "pyyaml", BOOK), (REFERENCE, "numpy", REFERENCE)],
)
def test_one_package_has_one_version_everywhere(
    tmp_path: Path, name: str, package: str, named: str
) -> None:
    locks(tmp_path)
    changed = re.sub(rf"(?m)^{package}==\S+", f"{package}==0.1", (ROOT / name).read_text("utf-8"))
    (tmp_path / name).write_text(changed, encoding="utf-8")
    (fault,) = hygiene.lock_faults(tmp_path)
    assert fault.startswith(named)


def test_the_books_lock_is_part_of_the_whole_one_and_has_no_tensorflow() -> None:
    """Whoever has the whole environment builds with it, and what is built is the same."""
    book, whole = (locked((ROOT / name).read_text("utf-8")) for name in (BOOK, WHOLE))
    assert all(versions <= whole[package] for package, versions in book.items())
    assert not {"tensorflow", "keras", "jax", "numpy"} & book.keys()


def test_check_finds_faults_of_every_kind_and_a_whole_course_none(tmp_path: Path) -> None:
    locks(tmp_path)
    (tmp_path / "book").mkdir()
    path = page(tmp_path / "book", [code("a")])
    assert hygiene.check(tmp_path) == []
    nb = nbformat.read(path, as_version=4)
    nb.cells[1].source = f"# {MISSPELT}"
    nbformat.write(nb, path)
    (tmp_path / "environment.yml").write_text("name: other", encoding="utf-8")
    assert len(hygiene.check(tmp_path)) == 3
