"""What the landing page draws from the other pages: the map of chapters and its figure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from companion.errors import CourseError
from tools import notebooks

COURSE = "The course"  # the caption in _toc.yml under which the chapters stand
# Figures that other pages show: file in book/figures to the page and the figure's name there.
FIGURES = {"rule.png": ("01-background", "fig-rule")}

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_BOLD_QUESTION = re.compile(r"\*\*([^*]+\?)\*\*")


@dataclass(frozen=True)
class Chapter:
    """One page of the course, as the map shows it.

    Attributes:
        page: its name, such as ``05b-california``.
        title: its first heading.
        question: what it answers.
        depth: 0 for a chapter, 1 for a second page of one.
    """

    page: str
    title: str
    question: str
    depth: int


def chapters(root: Path) -> list[Chapter]:
    """Return the pages of the course in the order of the contents.

    Args:
        root: the folder with ``_toc.yml`` and ``book``. ``book/chapters.yml`` gives each page's
            question by its number; a page that is not in it shows the first bold question of its
            opening.

    Raises:
        CourseError: a page without a title; names it.
    """
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    asked = yaml.safe_load((root / "book" / "chapters.yml").read_text(encoding="utf-8")) or {}
    parts = [part["chapters"] for part in contents["parts"] if part["caption"] == COURSE]
    return [
        _chapter(root / f"{name}.ipynb", depth, asked)
        for part in parts
        for name, depth in _files(part, 0)
    ]


def _files(entries: list[dict[str, Any]], depth: int) -> Iterator[tuple[str, int]]:
    for entry in entries:
        yield entry["file"], depth
        yield from _files(entry.get("sections", []), depth + 1)


def _chapter(path: Path, depth: int, asked: Mapping[str, str]) -> Chapter:
    cells = notebooks.read(path).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    title = _TITLE.search(text)
    if title is None:
        raise CourseError(f"{path.name} should have a title, a line that begins with '# '.")
    opening = _BOLD_QUESTION.search(re.split(r"(?m)^## ", text)[0])
    own = opening[1] if opening else ""
    question = asked.get(notebooks.prefix(path.stem).removeprefix("ch"), own)
    return Chapter(path.stem, title[1], " ".join(question.split()), depth)


def chapter_map(listed: list[Chapter], results: Mapping[str, Any]) -> str:
    """Return the map as a Markdown table: title with link, question, minutes to run.

    Args:
        listed: from :func:`chapters`.
        results: the names in ``results.json``; only pages with measured minutes show them.
    """
    rows = ["| Chapter | The question it answers | Runs in |", "| --- | --- | --- |"]
    for chapter in listed:
        name = f"{notebooks.prefix(chapter.page)}.minutes"
        minutes = f'<span data-result="{name}"></span> min' if name in results else "–"
        # A second page stands under its chapter: an indent that a screen reader passes over.
        link = "&emsp;" * chapter.depth + f"[{chapter.title}]({chapter.page})"
        rows.append(f"| {link} | {chapter.question} | {minutes} |")
    return "\n".join(rows)


def figure(book: Path, page: str, name: str) -> bytes:
    """Return a figure as a page's stored output holds it.

    Args:
        book: the folder of the pages.
        page: such as ``01-background``.
        name: the figure's name in the cell's ``mystnb`` metadata, such as ``fig-rule``.

    Raises:
        CourseError: the page has no cell with that figure, or the cell has not been run.
    """
    for cell in notebooks.read(book / f"{page}.ipynb").cells:
        if cell.metadata.get("mystnb", {}).get("figure", {}).get("name") == name:
            for output in cell.get("outputs", ()):
                if "image/png" in output.get("data", {}):
                    return base64.b64decode(output.data["image/png"])
    raise CourseError(f"The page {page} should hold the figure {name!r}; run `make refresh`.")


def write_figures(book: Path) -> None:
    """Bring the files in ``book/figures`` up to date with the pages that draw them."""
    for file, (page, name) in FIGURES.items():
        path, image = book / "figures" / file, figure(book, page, name)
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_bytes() != image:
            path.write_bytes(image)
