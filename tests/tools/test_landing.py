"""The landing page: a map that follows the contents, and a figure that is the page's own."""

from __future__ import annotations

import base64
import re
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
    assert landing.chapter_map(listed, {"ch04.minutes": {}}).splitlines()[2:] == [
        '| [4. Numbers](04-numbers) | How many? | <span data-result="ch04.minutes"></span> min |',
        "| &emsp;[More](04b-more) | Even more? | – |",
    ]


def test_a_page_without_a_title_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"04b-more\.ipynb should have a title"):
        landing.chapters(course(tmp_path, **{"04b_more": "**Question?** but no title"}))


def test_a_question_after_the_opening_does_not_count(tmp_path: Path) -> None:
    listed = landing.chapters(course(tmp_path, **{"04b_more": "# T\n\n## First\n\n**Late?**"}))
    assert [chapter.question for chapter in listed] == ["How many?", ""]


def test_figure_is_the_stored_output(tmp_path: Path) -> None:
    image = base64.b64encode(b"pixels").decode()
    output = nbformat.v4.new_output("display_data", {"image/png": image})
    drawn = nbformat.v4.new_code_cell(
        "draw()", metadata={"mystnb": {"figure": {"name": "fig-a"}}}, outputs=[output]
    )
    plain = nbformat.v4.new_code_cell("other()", outputs=[output])
    nb = nbformat.v4.new_notebook(cells=[plain, drawn])
    nbformat.write(nb, tmp_path / "01-page.ipynb")
    assert landing.figure(tmp_path, "01-page", "fig-a") == b"pixels"
    with pytest.raises(CourseError, match="page 01-page should hold the figure 'fig-b'"):
        landing.figure(tmp_path, "01-page", "fig-b")


@pytest.mark.parametrize("file", landing.FIGURES)
def test_files_of_figures_are_what_their_pages_drew(file: str) -> None:
    image = (BOOK / "figures" / file).read_bytes()
    assert image == landing.figure(BOOK, *landing.FIGURES[file])
    assert len(image) < 150_000


def test_landing_page_shows_each_figure_with_alternative_text() -> None:
    text = (BOOK / "index.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"\{figure\} figures/(\S+)\n(?::name: \S+\n)?:alt: ([^\n]{40,})", text))
    assert set(shown) == {path.name for path in (BOOK / "figures").glob("*.png")}


def test_each_chapter_has_a_question() -> None:
    asked = yaml.safe_load((BOOK / "chapters.yml").read_text(encoding="utf-8"))
    assert {f"{n:02}" for n in range(1, 11)} <= set(asked)
    assert list(asked) == sorted(asked)
    assert all(question.endswith("?") for question in asked.values())
