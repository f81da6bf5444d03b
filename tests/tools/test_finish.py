"""The last hand on the built pages: what it mends, what it removes, and that twice is once."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tools.finish import as_script, finish, mend

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# One\n", "\n", "Two"]},
        {
            "cell_type": "code",
            "execution_count": 7,
            "metadata": {"tags": ["a"]},
            "outputs": [{"data": {"image/png": "long"}}],
            "source": ["x = 1\n", "print(x)"],
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
SCRIPT = "# %% [markdown]\n# # One\n#\n# Two\n\n# %%\nx = 1\nprint(x)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<a class="reference internal" href="05.html">5. House prices</a>'
            '<details><summary><span class="toctree-toggle">',
            '<a class="reference internal" href="05.html">5. House prices</a>'
            '<details><summary aria-label="Pages of 5. House prices"><span class="toctree-toggle">',
        ),
        (
            '<a class="current reference internal" href="#">5</a><details open="open"><summary>',
            '<a class="current reference internal" href="#">5</a>'
            '<details open="open"><summary aria-label="Pages of 5">',
        ),
        (
            '<div id="pst-primary-sidebar" class="bd-sidebar-primary bd-sidebar">',
            '<div id="pst-primary-sidebar" class="bd-sidebar-primary bd-sidebar" role="region" '
            'aria-label="Side bar">',
        ),
        ('<div role="list" class="citation-list">', '<div class="citation-list">'),
        ('<div class="citation" role="doc-biblioentry">', '<div class="citation">'),
        ('<table class="table">', '<table class="table" tabindex="0">'),
        (
            '<table border="1" class="dataframe">',
            '<table border="1" class="dataframe" tabindex="0">',
        ),
        ("<tr><th></th><th>a</th></tr>", "<tr><td></td><th>a</th></tr>"),
    ],
)
def test_each_fault_is_mended_once(before: str, after: str) -> None:
    assert mend(before) == after
    assert mend(after) == after


def test_finish_keeps_what_pages_load_and_removes_the_rest(tmp_path: Path) -> None:
    kept = (
        "mathjax/tex-chtml.js",
        "mathjax/output/chtml.js",
        "mathjax/sre/mathmaps/en.json",
        "scripts/theme.js",
    )
    dropped = (
        "mathjax/mml-svg.js",
        "mathjax/output/svg.js",
        "mathjax/sre/mathmaps/de.json",
        "scripts/theme.js.map",
        "locales/de/a",
    )
    for name in (*kept, *dropped, "mathjax/output/svg/font.js"):
        path = tmp_path / "_static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
    (tmp_path / "a.html").write_text('<table class="x">', encoding="utf-8")
    for _ in range(2):
        finish(tmp_path)
        left = {
            p.relative_to(tmp_path / "_static").as_posix()
            for p in (tmp_path / "_static").rglob("*")
            if p.is_file()
        }
        assert left == set(kept)
        assert 'tabindex="0"' in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_a_notebook_to_download_has_no_outputs_and_a_script_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "_sources" / "book" / "01-a.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    for _ in range(2):
        finish(tmp_path)
        code = json.loads(path.read_text(encoding="utf-8"))["cells"][1]
        assert (code["outputs"], code["execution_count"]) == ([], None)
        assert code["source"] == NOTEBOOK["cells"][1]["source"]  # type: ignore[index]
        assert path.with_suffix(".py").read_text(encoding="utf-8") == SCRIPT


def test_every_page_is_a_script_that_compiles() -> None:
    for page in sorted((Path(__file__).resolve().parents[2] / "book").glob("*.ipynb")):
        ast.parse(as_script(json.loads(page.read_text(encoding="utf-8"))["cells"]), page.name)


def test_the_drawing_of_the_claims_stands_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images" / "verdicts.svg").write_text("<svg>é</svg>\n", encoding="utf-8")
    page = tmp_path / "a.html"
    other = '<img alt="b" src="../_images/b.svg" />'
    page.write_text(f'{other}<img alt="a" src="../_images/verdicts.svg" />', encoding="utf-8")
    for _ in range(2):
        finish(tmp_path)
        assert page.read_text(encoding="utf-8") == f"{other}<svg>é</svg>\n"
