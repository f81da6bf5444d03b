"""The landing page: a map that follows the contents."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import yaml

from companion.errors import CourseError
from tools import landing

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
TOC = """\
root: book/index
parts:
  - caption: The course
    chapters:
      - file: book/04-numbers
        sections:
          - file: book/04b-more
  - caption: Reference
    chapters:
      - file: book/notation
"""


def course(folder: Path, **openings: str) -> Path:
    """Write a course of two pages, the opening of each as given."""
    (folder / "book").mkdir()
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    (folder / "book" / "chapters.yml").write_text('"04": How many?\n', encoding="utf-8")
    texts = {"04-numbers": "# 4. Numbers", "04b-more": "# More\n\n**Even\nmore?** Yes."}
    for page, text in (texts | {k.replace("_", "-"): v for k, v in openings.items()}).items():
        cell = nbformat.v4.new_markdown_cell(text)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "book" / f"{page}.ipynb")
    return folder


def test_map_follows_the_contents_and_asks_each_page(tmp_path: Path) -> None:
    listed = landing.chapters(course(tmp_path))
    assert listed == [
        landing.Chapter("04-numbers", "4. Numbers", "How many?", 0),
        landing.Chapter("04b-more", "More", "Even more?", 1),
    ]
    assert landing.cards(listed, {"ch04.minutes": {}}).splitlines() == [
        "::::{grid} 1 2 2 2",
        ":gutter: 3",
        ":class-container: chapters",
        "",
        ":::{grid-item-card}",
        '**[4. Numbers](04-numbers)** <span class="minutes"><span data-result="ch04.minutes">'
        "</span> min</span>",
        "",
        "How many?",
        "",
        "- [More](04b-more)",
        "",
        '<span class="own-progress" data-pages="04-numbers 04b-more"></span>',
        ":::",
        "::::",
    ]


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("6.1 Finance", "Finance"),
        ("3a, continued. Inside the block", "Inside the block"),
        ("8.1.2 and 8.1.3 Across domains; automation", "Across domains; automation"),
        ("5b. The real houses: California, 1990", "The real houses: California, 1990"),
    ],
)
def test_a_page_below_its_chapter_shows_no_number(title: str, short: str) -> None:
    listed = [landing.Chapter("04-a", "4. A", "?", 0), landing.Chapter("04b-b", title, "?", 1)]
    assert f"- [{short}](04b-b)" in landing.cards(listed, {})


def test_a_page_without_a_title_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"04b-more\.ipynb should have a title"):
        landing.chapters(course(tmp_path, **{"04b_more": "**Question?** but no title"}))


def test_a_question_after_the_opening_does_not_count(tmp_path: Path) -> None:
    listed = landing.chapters(course(tmp_path, **{"04b_more": "# T\n\n## First\n\n**Late?**"}))
    assert [chapter.question for chapter in listed] == ["How many?", ""]


def test_each_chapter_has_a_question() -> None:
    asked = yaml.safe_load((BOOK / "chapters.yml").read_text(encoding="utf-8"))
    assert {f"{n:02}" for n in range(1, 11)} <= set(asked)
    assert list(asked) == sorted(asked)
    assert all(question.endswith("?") for question in asked.values())
