"""The pages themselves: nothing said that no run backs, nothing left behind by a machine."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from tools import hygiene, intervals, notebooks, pages, runs
from tools.environment import locked
from tools.refresh import generated

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
PAGES = sorted(BOOK.glob("*.md")) + NOTEBOOKS


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def prose(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def code_cells(path: Path) -> list[Any]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def toc_files() -> list[str]:
    text = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    return re.findall(r"(?:root|file): (\S+)", text)


def test_contents_list_every_page_once() -> None:
    listed = sorted(Path(name).name for name in toc_files())
    assert listed == sorted(path.stem for path in PAGES)


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_every_number_in_prose_is_backed(path: Path) -> None:
    assert pages.loose_numbers(prose(path)) == []


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_every_bound_number_shows_its_one_value(path: Path) -> None:
    text = prose(path)
    assert pages.fill_numbers(text, pages.load_numbers(BOOK)) == text


def test_results_file_is_what_the_notebooks_printed() -> None:
    printed = {
        name: {"value": value, "page": path.stem}
        for path in NOTEBOOKS
        for name, value in notebooks.collect(notebooks.read(path)).items()
    }
    stored = pages.load_results(BOOK / "results.json")
    measured = {name: e for name, e in stored.items() if not name.endswith(".minutes")}
    assert {n: {"value": e["value"], "page": e["page"]} for n, e in measured.items()} == printed


def test_no_printed_digit_moves_over_processors_and_seeds() -> None:
    stored = pages.load_results(BOOK / "results.json")
    codes = {path.stem: runs.code_of(path) for path in NOTEBOOKS}
    measured = {name: e for name, e in stored.items() if not name.endswith(".minutes")}
    faults = {name: intervals.fault(e, codes[e["page"]]) for name, e in measured.items()}
    assert {name: said for name, said in faults.items() if said} == {}


def test_every_published_figure_names_its_source() -> None:
    text = (BOOK / "published.yml").read_text(encoding="utf-8")
    entries = yaml.safe_load(text)
    # YAML keeps the last of two entries of one name and says nothing.
    assert len(entries) == len(re.findall(r"^[\w.-]+:", text, flags=re.MULTILINE))
    keys = set(re.findall(r"@\w+\{([^,\s]+),", (BOOK / "references.bib").read_text("utf-8")))
    for name, entry in entries.items():
        assert set(entry) == {"value", "source", "what"}, name
        assert entry["source"] in keys, name


def test_generated_text_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name, blocks in generated().items():
        text = (BOOK / name).read_text(encoding="utf-8")
        for marker, block in blocks.items():
            filled = pages.fill_generated(text, marker, block)
            assert pages.fill_numbers(filled, pages.load_numbers(BOOK)) == text, (name, marker)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_notebook_is_clean(path: Path) -> None:
    assert hygiene.faults(path) == []


def test_pages_are_spelt_right() -> None:
    assert hygiene.misspelt(NOTEBOOKS, ROOT / "pyproject.toml") == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_every_figure_has_alt_text_a_caption_and_is_small(path: Path) -> None:
    for cell in code_cells(path):
        images = [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]
        if not images:
            continue
        shown = cell.metadata.get("mystnb", {})
        assert len(shown.get("image", {}).get("alt", "")) > 20, cell.source[:60]
        assert len(shown.get("figure", {}).get("caption", "")) > 20, cell.source[:60]
        # Base 64 takes four characters for three bytes.
        assert all(len(image) * 3 / 4 < 150_000 for image in images), cell.source[:60]


def test_no_two_places_in_the_book_have_one_name() -> None:
    labels = [
        label
        for path in PAGES
        for label in re.findall(r"^\(([\w-]+)\)=$", prose(path), flags=re.MULTILINE)
    ]
    figures = [
        cell.metadata["mystnb"]["figure"]["name"]
        for path in NOTEBOOKS
        for cell in code_cells(path)
        if "name" in cell.metadata.get("mystnb", {}).get("figure", {})
    ]
    assert len(labels) > 100
    assert len(figures) > 50
    assert [n for n, times in Counter(labels + figures).items() if times > 1] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_pages_import_only_what_is_locked(path: Path) -> None:
    import sys

    allowed = set(sys.stdlib_module_names) | {"companion"}
    lock = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    aliases = {"sklearn": "scikit-learn", "IPython": "ipython", "yaml": "pyyaml"}
    aliases |= {"dp_accounting": "dp-accounting"}
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            found: list[str] = []
            if isinstance(node, ast.Import):
                found = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found = [node.module]
            for name in (module.split(".")[0] for module in found):
                assert name in allowed or aliases.get(name, name) in lock, name


def test_every_cited_key_exists() -> None:
    keys = set(re.findall(r"@\w+\{([^,\s]+),", (BOOK / "references.bib").read_text("utf-8")))
    for path in PAGES:
        for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", prose(path)):
            assert {key.strip() for key in group.split(",")} <= keys, path.name


def test_lock_is_whole_and_the_conda_file_follows_it() -> None:
    assert hygiene.lock_faults(ROOT) == []


def test_readme_names_only_commands_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"book", "test"} <= set(re.findall(r"make ([a-z]+)", readme)) <= targets


def test_the_style_sheet_closes_what_it_opens() -> None:
    """A browser drops all that follows an open bracket, and says nothing."""
    sheet = (BOOK / "_static" / "course.css").read_text(encoding="utf-8")
    assert sheet.count("{") == sheet.count("}") > 0
