"""The index of terms: from each word to the section to read first and the pages that use it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from myst_parser.mdit_to_docutils.base import default_slugify
from nbformat.v4 import new_markdown_cell, new_notebook

from companion.errors import CourseError
from tools import terms

GLOSSARY = """# Glossary

```{glossary}
loss
  损失. What it costs.

loss's end
  终. An end.

mean squared error
  均方误差. A mean.

unused
  无. Nothing.
```
"""
PAGES = {
    "01-one": "# 1. One\n\nA loss, two losses, a lossless `loss`.\n\n```python\n# loss\n```\n",
    "02-two": "# 2. Two\n\n## What *it* costs\n\nloss\n\n"
    "## The price, said\n\nThe **loss** is a price, the loss's end.",
    "03-three": "# 3. Three\n\n## Mean squared\n\nThe mean\nsquared error, {term}`loss`.\n\n"
    "## What to remember\n\nThe mean squared error, again the mean squared error.",
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "book").mkdir()
    files = "".join(f"      - file: book/{name}\n" for name in PAGES)
    contents = f"parts:\n  - caption: The course\n    chapters:\n{files}"
    (tmp_path / "_toc.yml").write_text(contents, encoding="utf-8")
    (tmp_path / "book" / "chapters.yml").write_text("{}", encoding="utf-8")
    (tmp_path / "book" / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
    (tmp_path / "book" / "terms.yml").write_text("", encoding="utf-8")
    for name, text in PAGES.items():
        nb = new_notebook(cells=[new_markdown_cell(text)])
        nbformat.write(nb, tmp_path / "book" / f"{name}.ipynb")
    return tmp_path


def test_a_quiz_is_not_where_a_word_is_read(course: Path) -> None:
    before = terms.index(course)
    path = course / "book" / "01-one.ipynb"
    nb = nbformat.read(path, as_version=4)
    quiz = "## Five questions\n\nThe **unused** loss, loss, loss, loss.\n\n<!-- /quiz -->"
    nb.cells.append(new_markdown_cell(f"<!-- quiz:ch01 -->\n{quiz}"))
    nbformat.write(nb, path)
    assert terms.index(course) == before


def test_a_verdict_is_not_where_a_word_is_read(course: Path) -> None:
    before = terms.index(course)
    path = course / "book" / "01-one.ipynb"
    nb = nbformat.read(path, as_version=4)
    claim = "<!-- claim:c1-a -->\n**Unused** is the loss, loss, loss.\n<!-- /claim -->"
    nb.cells.append(new_markdown_cell(claim))
    nbformat.write(nb, path)
    assert terms.index(course) == before


def test_a_label_says_nothing_and_a_word_may_be_half_bold(course: Path) -> None:
    path = course / "book" / "01-one.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells.append(
        new_markdown_cell("## Half\n\n(unused)=\n\n**Loss's** end, the loss's\n**end**.")
    )
    nbformat.write(nb, path)
    made = terms.index(course)
    assert "unused" not in made
    assert "| {term}`loss’s end` | [Half](01-one.ipynb#half) |" in made


@pytest.mark.parametrize(
    ("place", "read"),
    [
        ("loss: [03-three, Mean squared]", "| {term}`loss` | [Mean squared](03-three.ipynb"),
        ("loss: [01-one, 1. One]", "| {term}`loss` | [1. One](01-one) |"),
        (
            "unused: [02-two, 'The price, said', price]",
            "| {term}`unused` | [The price, said](02-two",
        ),
    ],
)
def test_a_named_place_comes_before_the_rule(course: Path, place: str, read: str) -> None:
    assert read not in terms.index(course)
    (course / "book" / "terms.yml").write_text(place, encoding="utf-8")
    assert read in terms.index(course)


@pytest.mark.parametrize(
    ("place", "cause"),
    [
        ("lost: [01-one, 1. One]", "places 'lost', which should stand in the glossary"),
        (
            "loss: [01-one, Two]",
            "the term 'loss' to the section 'Two' of 01-one, which should exist",
        ),
        ("unused: [01-one, 1. One]", "should exist and say 'unused'"),
        ("unused: [01-one, 1. One, price]", "should exist and say 'price'"),
        ("loss: [01-one]", "should give 'loss' a list"),
        ("loss: 01-one", "should give 'loss' a list: page, heading"),
    ],
)
def test_a_place_that_explains_nothing_is_named(course: Path, place: str, cause: str) -> None:
    (course / "book" / "terms.yml").write_text(place, encoding="utf-8")
    with pytest.raises(CourseError, match=cause):
        terms.index(course)


def test_bold_type_is_read_first_or_else_the_section_that_uses_it_most(course: Path) -> None:
    _, _, loss, end, error = terms.index(course).splitlines()
    assert "{term}`loss’s end`" in end
    assert loss == (
        "| {term}`loss` | [The price, said](02-two.ipynb#the-price-said) "
        '| [1](01-one "1. One"), [3](03-three "3. Three") |'
    )
    assert error == (
        "| {term}`mean squared error` | [Mean squared](03-three.ipynb#mean-squared) | – |"
    )


def test_a_heading_that_names_the_term_comes_before_bold_type(course: Path) -> None:
    text = "# 3. Three\n\n## On the loss\n\nMuch."
    nbformat.write(
        new_notebook(cells=[new_markdown_cell(text)]), course / "book" / "03-three.ipynb"
    )
    assert "| {term}`loss` | [On the loss](03-three.ipynb#on-the-loss) |" in terms.index(course)


def test_a_heading_with_marks_is_reached_by_its_page(course: Path) -> None:
    page = course / "book" / "02-two.ipynb"
    nb = new_notebook(cells=[new_markdown_cell("# 2. Two\n\n## What *it* costs\n\nThe **loss**.")])
    nbformat.write(nb, page)
    assert "| [2. Two](02-two) |" in terms.index(course)


def test_only_so_many_pages_are_named(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "MOST", 1)
    assert '| [1](01-one "1. One") |' in terms.index(course)


def test_addresses_of_headings_are_those_of_myst() -> None:
    for heading in ("3.1 What it costs?", "Self-attention – a “head”", "Two  spaces_and 准确率"):
        assert terms.slug(heading) == default_slugify(heading)


def test_a_glossary_without_terms_is_named(course: Path) -> None:
    (course / "book" / "glossary.md").write_text("# Glossary\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"glossary\.md should hold a block"):
        terms.index(course)
