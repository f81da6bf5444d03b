"""Finish the built pages: mend what the theme leaves inaccessible, and drop files no page loads."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

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
    # A list may hold list items only; the bibliography's entries are plain blocks.
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
    (re.compile(r' role="doc-biblioentry"'), ""),
    # A wide table scrolls; without a place in the tab order no keyboard reaches its right side.
    (re.compile(r'<table((?: border="1")? class="[^"]*")>'), r'<table\1 tabindex="0">'),
    # The corner above the row names is empty: a cell, not a heading.
    (re.compile(r"<th></th>"), "<td></td>"),
)
_MATHJAX = {"tex-chtml.js", "input", "output", "ui", "a11y", "sre"}
_SPOKEN = {"base.json", "en.json", "nemeth.json"}  # the pages are in English


def finish(html: Path) -> None:
    """Mend every page of a built book and remove what no page loads; twice changes nothing.

    Args:
        html: the folder of the built pages.
    """
    for page in html.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if (mended := mend(text)) != text:
            page.write_text(mended, encoding="utf-8")
    _drop_unused(html / "_static")


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
