"""Finish the built pages: mend what the theme leaves inaccessible, and drop what no page loads."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from companion.files import write_text

# What stands in the theme's pages, and what should: each pair may be applied again without effect.
_MENDS: tuple[tuple[re.Pattern[str], str], ...] = (
    # The arrow that unfolds a chapter's pages has no text, so a screen reader would say nothing.
    (
        re.compile(
            r'(<a class="[^"]*reference internal" href="[^"]*">)([^<]*)(</a><details[^>]*>)'
            r"<summary>"
        ),
        r'\1\2\3<summary aria-label="Pages of \2">',
    ),
    # The book's name stands in the side bar, outside of all landmarks.
    (
        re.compile(r'<div id="pst-primary-sidebar" class="([^"]*)">'),
        r'<div id="pst-primary-sidebar" class="\1" role="region" aria-label="Side bar">',
    ),
    # A list may hold list items only; the bibliography's entries are plain blocks.
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
    (re.compile(r' role="doc-biblioentry"'), ""),
    # A wide table scrolls; without a place in the tab order no keyboard reaches its right side.
    (re.compile(r'<table((?: border="1")? class="[^"]*")>'), r'<table\1 tabindex="0">'),
    # The corner above the row names is empty: a cell, not a heading.
    (re.compile(r"<th></th>"), "<td></td>"),
)
# A drawing that follows the page's colours stands in the page itself.
_DRAWN = re.compile(r'<img [^>]*src="\.\./_images/(verdicts\.svg)"[^>]*>')
_MATHJAX = {"tex-chtml.js", "input", "output", "ui", "a11y", "sre"}
_SPOKEN = {"base.json", "en.json", "nemeth.json"}  # the pages are in English


def finish(html: Path) -> None:
    """Mend every page of a built book and remove what no page loads; twice changes nothing.

    Args:
        html: the folder of the built pages.
    """
    for page in html.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        mended = _DRAWN.sub(lambda m: (html / "_images" / m[1]).read_text("utf-8"), mend(text))
        if mended != text:
            page.write_text(mended, encoding="utf-8")
    for notebook in html.glob("_sources/**/*.ipynb"):
        _offer(notebook)
    _drop_unused(html / "_static")


def _offer(notebook: Path) -> None:
    """Leave a notebook to download as one to run, without outputs, and its code as a script."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    write_text(notebook, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    write_text(notebook.with_suffix(".py"), as_script(content["cells"]))


def as_script(cells: list[dict[str, Any]]) -> str:
    """Return a notebook's cells as a script in the percent format that editors know.

    Args:
        cells: as JSON has them, with ``cell_type`` and ``source``, text or list of lines.

    Returns:
        Python that compiles: text stands in comments.
    """
    parts = []
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            parts.append(f"# %%\n{source}")
        else:
            text = "\n".join(f"# {line}".rstrip() for line in source.splitlines())
            parts.append(f"# %% [markdown]\n{text}")
    return "\n\n".join(parts) + "\n"


def mend(text: str) -> str:
    """Return a page's HTML with the theme's accessibility faults repaired."""
    for pattern, replacement in _MENDS:
        text = pattern.sub(replacement, text)
    return text


def _drop_unused(static: Path) -> None:
    """Remove MathJax's other bundles, source maps and other languages: 21 MB that no page loads."""
    mathjax = static / "mathjax"
    unused = [entry for entry in mathjax.glob("*") if entry.name not in _MATHJAX]
    unused += [mathjax / "output" / "svg", mathjax / "output" / "svg.js"]
    unused += [*static.rglob("*.map"), static / "locales"]
    unused += [p for p in mathjax.glob("sre/mathmaps/*.json") if p.name not in _SPOKEN]
    for entry in unused:
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)
