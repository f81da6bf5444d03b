"""The last hand on the built pages: what it mends, what it removes, and that twice is once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.finish import finish, mend


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
