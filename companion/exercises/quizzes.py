"""Quizzes: five questions a chapter, read from ``book/quizzes`` and marked by :func:`quiz`."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from companion.errors import CourseError
from companion.exercises import state
from companion.exercises.results import Result
from companion.files import read_text

NAME = re.compile(r"(ch\d\d(?:[a-z]\d?)?)(?:-q\d)?")

_FIELDS = {"id", "question", "options", "answer"}


@dataclass(frozen=True)
class Option:
    """One answer to choose, and why it is right or not; both Markdown."""

    text: str
    why: str


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        id: quiz and number, such as ``ch05-q1``.
        question: Markdown, one paragraph.
        options: three to five of them.
        answer: index of the right one, from 0.
    """

    id: str
    question: str
    options: tuple[Option, ...]
    answer: int


def load(path: Path) -> tuple[Question, ...]:
    """Read one quiz, such as ``book/quizzes/ch05.yml``.

    Raises:
        CourseError: the file is missing, or a question does not fit; names the question.
    """
    text = read_text(path)
    try:
        entries = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CourseError(f"The quiz cannot be read: {' '.join(str(error).split())}.") from error
    if not isinstance(entries, list):
        raise CourseError(f"The quiz {path.name} should be a list of questions.")
    return tuple(
        _question(entry, f"{path.stem}-q{number}") for number, entry in enumerate(entries, start=1)
    )


def quiz(name: str, answers: str) -> Result:
    """Mark the numbers that a reader chose, and remember which were right.

    Args:
        name: the quiz, such as ``"ch05"``, or one question of it, such as ``"ch05-q2"``.
        answers: one number a question, from 1: ``"2 1 4 3 1"``.

    Returns:
        For each question whether it is right, and why. Shown by Jupyter.

    Raises:
        CourseError: there is no such quiz, or the numbers do not fit it.
    """
    questions = [question for question in load(_find(name)) if question.id.startswith(name)]
    chosen = [_number(word, name) for word in answers.replace(",", " ").split()]
    if len(chosen) != len(questions):
        raise CourseError(
            f"The quiz {name} has {len(questions)} questions; you gave {len(chosen)} numbers."
        )
    pairs = list(zip(questions, chosen, strict=True))
    for number, (question, choice) in enumerate(pairs, start=1):
        if not 1 <= choice <= len(question.options):
            raise CourseError(
                f"Question {number} has answers 1 to {len(question.options)}, not {choice}."
            )
    # Only now: what is refused half-way must not have remembered the first half.
    lines, notes = [], set()
    for number, (question, choice) in enumerate(pairs, start=1):
        right = choice - 1 == question.answer
        notes.add(state.note(question.id, right, date.today()))
        why = _plain(question.options[choice - 1].why)
        lines.append(f"{number}. {'Right' if right else 'Not this one'}. {why}")
    score = sum(choice - 1 == question.answer for question, choice in pairs)
    text = "\n".join([*lines, *sorted(filter(None, notes))])
    verdict = "pass" if score == len(questions) else "wrong"
    return Result(verdict, f"{score} of {len(questions)} right", text)


def _plain(markdown: str) -> str:
    """Return Markdown without the spans of bound numbers, on one line."""
    return " ".join(re.sub(r"</?span[^>]*>", "", markdown).split())


def _question(entry: Any, id: str) -> Question:
    where = f"The question {id}"
    if not isinstance(entry, dict) or set(entry) != _FIELDS:
        raise CourseError(f"{where} should have the fields {', '.join(sorted(_FIELDS))}.")
    if entry["id"] != id:
        raise CourseError(f"{where} has the id {entry['id']!r}; ids count from q1 in file order.")
    options = entry["options"]
    if not isinstance(options, list) or not 3 <= len(options) <= 5:
        raise CourseError(f"{where} should have three to five options.")
    if not all(isinstance(option, dict) and set(option) == {"text", "why"} for option in options):
        raise CourseError(f"{where} has an option that should hold just 'text' and 'why'.")
    made = tuple(
        Option(_text(option["text"], where), _text(option["why"], where)) for option in options
    )
    answer = entry["answer"]
    if type(answer) is not int or not 0 <= answer < len(made):
        raise CourseError(f"{where} has the answer {answer!r}; it should be 0 to {len(made) - 1}.")
    if len({option.text for option in made}) < len(made):
        raise CourseError(f"{where} has the same option twice.")
    return Question(id, _text(entry["question"], where), made, answer)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CourseError(f"{where} has an empty field, or one that needs quotes round its text.")
    return " ".join(value.split())


def _find(name: str) -> Path:
    if not (match := NAME.fullmatch(name)):
        raise CourseError(f"A quiz has a name such as 'ch05', not {name!r}.")
    path = state.book_folder() / "quizzes" / f"{match[1]}.yml"
    if not path.exists():
        raise CourseError(
            f"There is no quiz {name!r} in {path.parent}; open the notebook in the course's "
            "folder 'book'."
        )
    return path


def _number(word: str, name: str) -> int:
    if not word.isdecimal():
        raise CourseError(f"Give numbers, one a question: quiz({name!r}, '2 1 4 3 1').")
    return int(word)
