"""From ``book/quizzes`` to the end of a chapter's page.

The text is plain MyST: a list of options, and the answers in a block that opens. It reads the same
in the built page, in JupyterLab and without any script. In the built page ``_static/quiz.js`` makes
each list a group of radio buttons, marks the choice and keeps it in the browser.

Beside the quiz of a page each chapter has a test in two forms, ``ch05-before.yml`` and
``ch05-after.yml``, whose questions measure the same aims one by one. They stand on one page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from companion.errors import CourseError
from companion.exercises.quizzes import Question, load
from tools.notebooks import CARD

FORMS = {"before": "Before you read", "after": "After you have read"}

_BLOCK = re.compile(r"<!-- quiz:(\S+) -->.*?<!-- /quiz -->", re.DOTALL)
_MARKER = re.compile(r"<!-- quiz:(\S+) -->")

_INTRODUCTION = (
    "*Choose one answer to each question; the reasons stand below it. In the built page your "
    "choices are marked at once and kept in this browser only. In JupyterLab, "
    '`from companion.exercises import quiz` and `quiz("{name}", "2 1 3 1 2")`, with your own '
    "numbers, marks all five.*"
)
# The card's last line, and the first one of the quiz.
_BEFORE = "*Before you read: [four questions](#test-{name}) show what you know already.*"
_AFTER = (
    "*When you have read the whole chapter, [four other questions](#test-{name}) show what it "
    "taught you.*"
)
_INVITED = re.compile(r"\n\n\*Before you read: \[[^\n]*\*(?=\n:::)")
_CARD_END = re.compile(re.escape(CARD) + r".*?(?=\n:::(?:\n|$))", re.DOTALL)


def place(nb: Any, page: str, folder: Path) -> Any:
    """Bring the quiz of a page up to date; a page without its place gets it as the last cell.

    Args:
        nb: a notebook (``nbformat`` 4).
        page: its name, such as ``05-house-prices``; its quiz is ``ch05.yml``.
        folder: where the quizzes are.

    Returns:
        The same notebook; placing again changes nothing.

    Raises:
        CourseError: the page shows a quiz that is not there, or the file is not as it should be.
    """
    from nbformat.v4 import new_markdown_cell

    own = f"ch{page.split('-')[0]}"
    shown = False
    for cell in nb.cells:
        if cell.cell_type == "markdown" and (marker := _MARKER.search(cell.source)):
            path = folder / f"{marker[1]}.yml"
            if not path.exists():
                raise CourseError(
                    f"The page {page} shows the quiz {marker[1]!r}; {path} is missing."
                )
            shown = shown or marker[1] == own
            block = _BLOCK.search(cell.source) or marker
            text = render(marker[1], load(path), tested=_tested(marker[1], folder))
            cell.source = cell.source[: block.start()] + text + cell.source[block.end() :]
    if not shown and (folder / f"{own}.yml").exists():
        text = render(own, load(folder / f"{own}.yml"), tested=_tested(own, folder))
        nb.cells.append(new_markdown_cell(text))
    if _tested(own, folder):
        _invite(nb, own)
    return nb


def _tested(name: str, folder: Path) -> bool:
    """Whether a chapter has a test before and after; its further pages have none."""
    return all((folder / f"{name}-{form}.yml").exists() for form in FORMS)


def _invite(nb: Any, name: str) -> None:
    """Let the card of a chapter end with the way to its test."""
    for cell in nb.cells:
        if cell.cell_type == "markdown" and CARD in cell.source:
            text = _INVITED.sub("", cell.source)
            if card := _CARD_END.search(text):
                line = "\n\n" + _BEFORE.format(name=name)
                cell.source = text[: card.end()] + line + text[card.end() :]


def render(name: str, questions: tuple[Question, ...], *, tested: bool = False) -> str:
    """Return a quiz as MyST, between its markers; ``tested`` adds the way to the second form."""
    parts = [f"## {_count(len(questions))}", _INTRODUCTION.format(name=name)]
    parts += [_AFTER.format(name=name)] if tested else []
    parts += [_rendered(question, n, len(questions)) for n, question in enumerate(questions, 1)]
    return f"<!-- quiz:{name} -->\n" + "\n\n".join(parts) + "\n<!-- /quiz -->"


def catalogue(chapters: Iterable[tuple[str, str]], folder: Path) -> str:
    """Return the Markdown table of all quizzes; a page without one is left out.

    Args:
        chapters: page and title of each, such as ``("05-house-prices", "5. House prices")``.
        folder: where the quizzes are.
    """
    rows = ["| quiz | id | questions |", "|---|---|---|"]
    for page, title in chapters:
        path = folder / f"ch{page.split('-')[0]}.yml"
        if path.exists():
            rows.append(f"| [{title}](#quiz-{path.stem}-q1) | `{path.stem}` | {len(load(path))} |")
    return "\n".join(rows)


def tests(chapters: Iterable[tuple[str, str]], folder: Path) -> str:
    """Return both forms of each chapter's test as MyST.

    Args:
        chapters: page and title of each, such as ``("05-house-prices", "5. House prices")``.
        folder: where the quizzes are.

    Raises:
        CourseError: a form is missing, or the two differ in length.
    """
    parts = []
    for page, title in chapters:
        name = f"ch{page.split('-')[0]}"
        forms = [load(folder / f"{name}-{form}.yml") for form in FORMS]
        if len({len(form) for form in forms}) > 1:
            raise CourseError(f"Both forms of the test {name} should have as many questions.")
        parts.append(f"(test-{name})=\n## {title}\n\n[To the chapter]({page})")
        parts += [_form(*each) for each in zip(FORMS.values(), forms, strict=True)]
    return "\n\n".join(parts)


def _form(title: str, questions: tuple[Question, ...]) -> str:
    body = [_rendered(question, n, len(questions)) for n, question in enumerate(questions, 1)]
    head = f":::::{{admonition}} {title}: {len(questions)} questions\n:class: test dropdown\n"
    return "\n\n".join([head, *body, ":::::"])


def _rendered(question: Question, number: int, count: int) -> str:
    options = [f"{i}. {option.text}" for i, option in enumerate(question.options, 1)]
    reasons = [
        f"{i}. **{'Right.' if i - 1 == question.answer else 'No.'}** {option.why}"
        for i, option in enumerate(question.options, 1)
    ]
    key = f'<span data-quiz="{question.id}" data-answer="{question.answer + 1}"></span>'
    return "\n".join(
        [
            f"::::{{admonition}} Question {number} of {count}",
            ":class: quiz",
            f":name: quiz-{question.id}",
            "",
            f"{question.question}{key}",
            "",
            *options,
            "",
            ":::{admonition} Answers and reasons",
            ":class: dropdown",
            "",
            *reasons,
            ":::",
            "::::",
        ]
    )


def _count(number: int) -> str:
    words = {1: "One question", 5: "Five questions"}
    return words.get(number, f"{number} questions")
