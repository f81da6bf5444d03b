"""Exercises: declared in one place, from which page, check, hints and proofs are made."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from companion.errors import CourseError

Oracle = Callable[[Any], None]
ID = re.compile(r"^ch\d\d\.[a-z0-9]+(?:-[a-z0-9]+)*$")


class Wrong(Exception):  # noqa: N818 - an answer, not an error of the program
    """The answer is wrong; the message names the likely cause."""


class ToDo(Exception):  # noqa: N818
    """The stub still stands; nothing to judge."""


@dataclass(frozen=True)
class Exercise:
    """One exercise, whole.

    Attributes:
        id: chapter and name, such as ``ch05.rmse``.
        title: a few words.
        statement: what to do, in Markdown.
        stub: source that the reader completes; its last function or variable is the answer.
        solution: source that defines the same name.
        explanation: why it is so, in Markdown.
        hints: opened one by one.
        level: 1 (apply), 2 (combine) or 3 (derive).
        minutes: for a reader at that level.
        wrong: name to source of a wrong answer and words that the oracle must say about it.
        oracle: judges an answer; raises :class:`Wrong` or :class:`ToDo`.
    """

    id: str
    title: str
    statement: str
    stub: str
    solution: str
    explanation: str
    hints: tuple[str, ...]
    level: int
    minutes: int
    wrong: Mapping[str, tuple[str, str]]
    oracle: Oracle

    @property
    def chapter(self) -> str:
        """Its chapter, such as ``ch05``."""
        return self.id.split(".")[0]

    @property
    def answer_name(self) -> str:
        """The name that the stub leaves for ``check``: its last function or variable."""
        return answer_name(self.stub)


_registry: dict[str, Exercise] = {}


def exercise(
    id: str,
    *,
    title: str,
    statement: str,
    stub: str,
    solution: str,
    explanation: str,
    hints: tuple[str, ...],
    level: int,
    minutes: int,
    wrong: Mapping[str, tuple[str, str]],
) -> Callable[[Oracle], Oracle]:
    """Register an exercise; decorates its oracle. Arguments: see :class:`Exercise`.

    Raises:
        CourseError: an id twice or of another form, fewer than three wrong answers, no hint, a
            level outside 1 to 3, or a stub and a solution that leave different names.
    """

    def register(oracle: Oracle) -> Oracle:
        texts = {"statement": statement, "stub": stub, "solution": solution}
        clean = {name: dedent(text).strip() for name, text in texts.items()}
        made = Exercise(
            id=id,
            title=title,
            explanation=dedent(explanation).strip(),
            hints=hints,
            level=level,
            minutes=minutes,
            wrong={k: (dedent(source).strip(), cause) for k, (source, cause) in wrong.items()},
            oracle=oracle,
            **clean,
        )
        _refuse_unfinished(made)
        _registry[id] = made
        return oracle

    return register


def get(id: str) -> Exercise:
    """Return an exercise by id, its chapter's module loaded if need be.

    Raises:
        CourseError: there is none of that id; names those of the chapter.
    """
    if id not in _registry:
        load_all()
    if id not in _registry:
        near = sorted(i for i in _registry if i.split(".")[0] == str(id).split(".")[0])
        known = f"its chapter has {', '.join(near)}" if near else f"chapters: {_chapters()}"
        raise CourseError(f"There is no exercise {id!r}; {known}.")
    return _registry[id]


def load_all() -> dict[str, Exercise]:
    """Import each page's module (``ch03``, ``ch03b``); return all exercises in their order."""
    package = importlib.import_module("companion.exercises")
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        if re.fullmatch(r"ch\d\d[a-z]?", module):
            importlib.import_module(f"companion.exercises.{module}")
    return dict(_registry)


def answer_name(source: str) -> str:
    """Return the last function, class or variable that source code defines at top level."""
    name = ""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = node.name
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
    return name


def _chapters() -> str:
    return ", ".join(sorted({e.chapter for e in _registry.values()})) or "none yet"


def _refuse_unfinished(made: Exercise) -> None:
    faults = {
        "an id such as 'ch05.rmse'": not ID.match(made.id),
        "an id that no other exercise has": made.id in _registry,
        "a level from 1 to 3": made.level not in (1, 2, 3),
        "at least one hint": not made.hints,
        "at least three wrong answers": len(made.wrong) < 3,
        "an explanation": not made.explanation,
        "a stub and a solution that define the same name": not made.answer_name
        or any(
            answer_name(source) != made.answer_name
            for source in (made.solution, *(source for source, _ in made.wrong.values()))
        ),
    }
    for wanted, missing in faults.items():
        if missing:
            raise CourseError(f"The exercise {made.id!r} should have {wanted}.")
