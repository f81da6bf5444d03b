"""From the registry to a page: statement, stub, hints and hidden solution have one source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from companion.exercises.registry import Exercise, get, load_all

PLACEHOLDER = re.compile(r"^<!-- exercise:(\S+) -->\s*$")
LEVELS = {1: "apply", 2: "combine", 3: "derive"}


def expand(nb: Any) -> Any:
    """Replace each placeholder cell, and each earlier expansion, by the exercise's cells.

    Args:
        nb: a notebook (``nbformat`` 4); a Markdown cell that holds only
            ``<!-- exercise:ch05.rmse -->`` is a placeholder.

    Returns:
        The same notebook; expanding again changes nothing.

    Raises:
        CourseError: a placeholder names an exercise that does not exist.
    """
    cells: list[Any] = []
    for cell in nb.cells:
        part = cell.metadata.get("exercise")
        if part is None:
            placeholder = PLACEHOLDER.match(cell.source) if cell.cell_type == "markdown" else None
            cells += made_cells(get(placeholder[1])) if placeholder else [cell]
        elif part["part"] == "statement":
            cells += made_cells(get(part["id"]))
    nb.cells = cells
    return nb


def reword(nb: Any) -> None:
    """Take the words of each exercise anew from the registry; leave its code cell and outputs."""
    for cell in nb.cells:
        part = cell.metadata.get("exercise", {"part": "stub"})
        if part["part"] != "stub":
            statement, _, help_ = made_cells(get(part["id"]))
            cell.source = statement.source if part["part"] == "statement" else help_.source


def made_cells(made: Exercise) -> list[Any]:
    """Return an exercise's three cells: statement, stub with its check, hints and solution."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    def metadata(part: str) -> dict[str, Any]:
        return {"exercise": {"id": made.id, "part": part}}

    return [
        new_markdown_cell(_statement(made), metadata=metadata("statement")),
        new_code_cell(stub_cell(made), metadata=metadata("stub")),
        new_markdown_cell(_help(made), metadata=metadata("help")),
    ]


def stub_cell(made: Exercise) -> str:
    """Return the source of the cell that a reader completes and runs."""
    gap = "\n\n\n" if re.search(r"^(def|class) ", made.stub, re.MULTILINE) else "\n\n"
    return f'{made.stub}{gap}check("{made.id}", {made.answer_name})'


def label(id: str) -> str:
    """Return the page label of an exercise: ``ex-ch05-rmse``."""
    return "ex-" + id.replace(".", "-")


def ids_on(nb: Any) -> list[str]:
    """Return the ids of the exercises that stand in a notebook, in order."""
    parts = [cell.metadata.get("exercise") for cell in nb.cells]
    return [part["id"] for part in parts if part and part["part"] == "statement"]


def catalogue(book: Path = Path("book")) -> str:
    """Return the Markdown table of all exercises whose page exists, by chapter."""
    import nbformat

    where: dict[str, str] = {}
    for path in sorted(book.glob("*.ipynb")):
        for id in ids_on(nbformat.read(path, as_version=4)):
            where[id] = path.stem
    shown = [made for made in load_all().values() if made.id in where]
    lines = []
    for chapter, exercises in groupby(shown, key=lambda made: made.chapter):
        lines += [f"## Chapter {int(chapter[2:])}", "", *_table(exercises), ""]
    return "\n".join(lines).strip()


def _table(exercises: Iterable[Exercise]) -> list[str]:
    rows = [
        f"| [{made.title}](#{label(made.id)}) | `{made.id}` | {made.level} ({LEVELS[made.level]}) "
        f"| {made.minutes} |"
        for made in exercises
    ]
    return ["| exercise | id | level | minutes |", "|---|---|---|---|", *rows]


def _statement(made: Exercise) -> str:
    return (
        f"({label(made.id)})=\n:::{{admonition}} Exercise: {made.title}\n:class: exercise\n\n"
        f"{made.statement}\n\n"
        f"*Level {made.level} ({LEVELS[made.level]}), about {made.minutes} minutes. "
        f'`check` judges it, `hint("{made.id}")` helps.*\n:::'
    )


def _help(made: Exercise) -> str:
    hints = [
        f":::{{admonition}} Hint {i} of {len(made.hints)}\n:class: dropdown\n\n{text}\n:::"
        for i, text in enumerate(made.hints, start=1)
    ]
    answer = (
        ":::{admonition} Solution\n:class: dropdown\n\n"
        f"```python\n{made.solution}\n```\n\n{made.explanation}\n:::"
    )
    return "\n\n".join([*hints, answer])
