"""What the landing page draws from the other pages: the map of chapters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from companion.errors import CourseError
from tools import notebooks

COURSE = "The course"  # the caption in _toc.yml under which the chapters stand

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_NUMBER = re.compile(r"^\d[\w.]*(?: and \d[\w.]*)?(?:, continued\.)? ")
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


def cards(listed: list[Chapter], results: Mapping[str, Any]) -> str:
    """Return the map as MyST: a card for each chapter, with its question and its pages.

    Args:
        listed: from :func:`chapters`.
        results: the names in ``results.json``; only pages with measured minutes show them.
    """
    groups: list[list[Chapter]] = []
    for chapter in listed:
        if chapter.depth == 0:
            groups.append([])
        groups[-1].append(chapter)
    inner = "\n\n".join(_card(first, rest, results) for first, *rest in groups)
    return f"::::{{grid}} 1 2 2 2\n:gutter: 3\n:class-container: chapters\n\n{inner}\n::::"


def _card(first: Chapter, rest: list[Chapter], results: Mapping[str, Any]) -> str:
    """Return one card. The reader's own progress is written into its empty element by a script."""
    pages = " ".join(chapter.page for chapter in (first, *rest))
    below = "".join(f"- [{_short(c.title)}]({c.page}){_minutes(c, results)}\n" for c in rest)
    return (
        f":::{{grid-item-card}}\n**[{first.title}]({first.page})**{_minutes(first, results)}\n\n"
        f"{first.question}\n\n{below}\n"
        f'<span class="own-progress" data-pages="{pages}"></span>\n:::'
    )


def _short(title: str) -> str:
    """Return a page's title without its number."""
    return _NUMBER.sub("", title)


def _minutes(chapter: Chapter, results: Mapping[str, Any]) -> str:
    name = f"{notebooks.prefix(chapter.page)}.minutes"
    if name not in results:
        return ""
    return f' <span class="minutes"><span data-result="{name}"></span> min</span>'
