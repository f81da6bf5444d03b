"""Exercises: one file each in the book's folder ``exercises``, found by id and loaded by path.

The first definition of a file is the solution, as the page prints it. Then come wrong answers, each
marked by :func:`mistake`, and ``judge(answer)``, which raises :class:`Wrong` with a sentence.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from companion.errors import CourseError
from companion.exercises import state

ID = re.compile(r"ch\d\d\.[a-z0-9]+(?:-[a-z0-9]+)*")


class Wrong(Exception):  # noqa: N818 - an answer, not an error of the program
    """The answer is wrong; the message names the likely cause."""


class ToDo(Exception):  # noqa: N818
    """The stub still stands; nothing to judge."""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that readers give.

    Attributes:
        words: what the judge must say about it, among other words.
        answer: the function or the value.
    """

    words: str
    answer: Any


def mistake(words: str) -> Callable[[Any], Mistake]:
    """Mark the next function, or a value, as a :class:`Mistake` with these words."""
    return lambda answer: Mistake(words, answer)


@dataclass(frozen=True)
class Exercise:
    """One exercise; its words stand on a page.

    Attributes:
        id: chapter and name, such as ``ch05.possible-log``.
        path: its file, such as ``book/exercises/ch05/possible_log.py``.
        module: what the file defines.
    """

    id: str
    path: Path
    module: ModuleType

    @property
    def judge(self) -> Callable[[Any], None]:
        """What judges an answer; raises :class:`Wrong` or :class:`ToDo`."""
        return self.module.judge  # type: ignore[no-any-return]

    @property
    def mistakes(self) -> dict[str, Mistake]:
        """Its wrong answers by name."""
        return {k: v for k, v in vars(self.module).items() if isinstance(v, Mistake)}


def get(id: str) -> Exercise:
    """Return an exercise by id, from the course of the working directory.

    Raises:
        CourseError: there is none of that id; names those of the chapter.
    """
    id = str(id)  # a function, where the two arguments of check changed places
    folder = state.book_folder() / "exercises"
    # No path is made of what is no id.
    chapter, _, name = id.partition(".") if ID.fullmatch(id) else ("", "", "")
    path = folder / chapter / f"{name.replace('-', '_')}.py"
    if not path.is_file():
        raise CourseError(_unknown(id))
    return _loaded(id, path, path.stat().st_mtime_ns)


def ids() -> list[str]:
    """Return the id of each file, in the order of chapters and names."""
    files = (state.book_folder() / "exercises").glob("ch*/[!_]*.py")
    return sorted(f"{path.parent.name}.{path.stem.replace('_', '-')}" for path in files)


@cache
def _loaded(id: str, path: Path, changed: int) -> Exercise:
    """Load a file, once as long as it does not change."""
    loader = SourceFileLoader(f"_exercise_{path.parent.name}_{path.stem}", str(path))
    module = ModuleType(loader.name)
    loader.exec_module(module)
    return Exercise(id, path, module)


def _unknown(id: str) -> str:
    known = ids()
    near = [other for other in known if other.split(".")[0] == id.split(".")[0]]
    if near:
        return f"There is no exercise {id!r}; its chapter has {', '.join(near)}."
    if known:
        chapters = sorted({other.split(".")[0] for other in known})
        return f"There is no exercise {id!r}; chapters with exercises are {', '.join(chapters)}."
    return (
        f"There is no exercise {id!r} in {state.book_folder()}; open the notebook in the course's "
        "folder 'book'."
    )
