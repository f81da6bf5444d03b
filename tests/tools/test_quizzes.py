"""A quiz on its page: placed once, current, and with its key where the script looks for it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from companion.errors import CourseError
from companion.exercises.quizzes import Option, Question, load
from tools import pages, quizzes

BOOK = Path(__file__).resolve().parents[2] / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
QUESTION = Question(
    "ch05-q1", "Which *one*?", (Option("a", "x"), Option("b", "y"), Option("c", "z")), 1
)


def test_rendered_question_shows_options_reasons_and_key() -> None:
    text = quizzes.render("ch05", (QUESTION,))
    assert text.startswith("<!-- quiz:ch05 -->\n## One question\n")
    assert text.endswith("::::\n<!-- /quiz -->")
    assert 'Which *one*?<span data-quiz="ch05-q1" data-answer="2"></span>\n\n1. a\n2. b' in text
    assert "1. **No.** x\n2. **Right.** y\n3. **No.** z" in text


def test_quiz_is_appended_once_and_a_marker_is_filled_in_place() -> None:
    folder = BOOK / "quizzes"
    nb = quizzes.place(new_notebook(cells=[new_markdown_cell("# 5")]), "05-house-prices", folder)
    assert len(nb.cells) == 2
    once = nb.cells[1].source
    quizzes.place(nb, "05-house-prices", folder)
    assert [cell.source for cell in nb.cells] == ["# 5", once]
    marked = new_notebook(cells=[new_markdown_cell("a\n\n<!-- quiz:ch05 -->\n\nb")])
    quizzes.place(marked, "05-house-prices", folder)
    assert [cell.source for cell in marked.cells] == [f"a\n\n{once}\n\nb"]
    other = quizzes.place(new_notebook(), "06c-logistics", folder)
    assert other.cells == []


def test_a_chapter_leads_to_its_test_from_its_card_and_its_quiz_once() -> None:
    card = ":::{admonition} What you will be able to do\n:class: tip\n- **Do** it.\n:::\n\nText."
    cells = [new_markdown_cell(card), new_markdown_cell("<!-- quiz:ch05 -->")]
    nb = quizzes.place(new_notebook(cells=cells), "05-house-prices", BOOK / "quizzes")
    first, last = (cell.source for cell in nb.cells)
    assert first.count("(#test-ch05)") == 1
    assert first.endswith("already.*\n:::\n\nText.")
    assert last.index("(#test-ch05)") < last.index("Question 1 of 5")
    again = quizzes.place(nb, "05-house-prices", BOOK / "quizzes")
    assert [cell.source for cell in again.cells] == [first, last]
    page = quizzes.place(new_notebook(cells=[new_markdown_cell(card)]), "05b-x", BOOK / "quizzes")
    assert "test-ch" not in "".join(cell.source for cell in page.cells)


def test_both_forms_of_a_test_stand_under_their_chapter() -> None:
    text = quizzes.tests([("05-house-prices", "5. House prices")], BOOK / "quizzes")
    assert text.startswith("(test-ch05)=\n## 5. House prices\n\n[To the chapter](05-house-prices)")
    before, after = text.index("Before you read: 4"), text.index("After you have read: 4")
    assert before < text.index('data-quiz="ch05-before-q4"') < after
    assert after < text.index('data-quiz="ch05-after-q1"')


def test_forms_of_different_length_and_missing_ones_are_refused(tmp_path: Path) -> None:
    for form, name in (("before", "ch04-before"), ("after", "ch05")):
        text = (BOOK / "quizzes" / f"{name}.yml").read_text(encoding="utf-8")
        (tmp_path / f"ch04-{form}.yml").write_text(text.replace(f"{name}-q", f"ch04-{form}-q"))
    with pytest.raises(CourseError, match="as many questions"):
        quizzes.tests([("04-mathematics", "4")], tmp_path)
    with pytest.raises(CourseError, match="ch09-before"):
        quizzes.tests([("09-faq", "9")], tmp_path)


def test_the_catalogue_names_each_quiz_once() -> None:
    pages_ = [("05-house-prices", "5. House prices"), ("08a-none", "None")]
    rows = quizzes.catalogue(pages_, BOOK / "quizzes").splitlines()[2:]
    assert rows[0] == "| [5. House prices](#quiz-ch05-q1) | `ch05` | 5 |"


def test_marker_without_a_file_is_refused() -> None:
    nb = new_notebook(cells=[new_markdown_cell("<!-- quiz:ch99 -->")])
    with pytest.raises(CourseError, match="ch99"):
        quizzes.place(nb, "05-house-prices", BOOK / "quizzes")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.name for path in NOTEBOOKS])
def test_quiz_on_the_page_is_that_of_the_file(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    shown = [cell.source for cell in cells if "<!-- quiz:" in cell.source]
    own = BOOK / "quizzes" / f"ch{path.name.split('-')[0]}.yml"
    assert len(shown) == own.exists()
    if shown:
        tested = own.with_name(f"{own.stem}-after.yml").exists()
        text = quizzes.render(own.stem, load(own), tested=tested)
        assert pages.fill_numbers(text, pages.load_numbers(BOOK)) in shown[0]
