"""Exercises on their pages: the notebook owns the words, a file in ``book/exercises`` the code."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from companion.errors import CourseError
from companion.exercises.registry import Exercise, get
from companion.exercises.words import Words, listed

PLACEHOLDER = re.compile(r"^<!-- exercise:(\S+) -->\s*$")
LEVELS = {1: "apply", 2: "combine", 3: "derive"}
UNWRITTEN = "(to be written)"
FOLD = "{admonition} Hints and solution\n:class: dropdown help"

_TITLE = re.compile(r"^:::+\{admonition\} Exercise: (.+)$", re.MULTILINE)
_LEVEL = re.compile(r"^\*Level (\d) \((\w+)\), about (\d+) minutes\.", re.MULTILINE)
_ANSWER = re.compile(
    r"(?<=\{admonition\} Solution\n:class: dropdown\n\n```python\n).*?(?=\n```)", re.S
)
_STUB, _CHECK = re.compile(r"^(def|class) ", re.MULTILINE), re.compile(r"\n+check\(.*\)\s*$")


@dataclass(frozen=True)
class Solution:
    """The solution of an exercise.

    Attributes:
        name: of the function or variable that is the answer.
        source: as the page prints it, with the imports that it needs beside NumPy.
        stub: what a reader begins with, as long as the page says nothing else.
    """

    name: str
    source: str
    stub: str


def solution(made: Exercise) -> Solution:
    """Read the solution, the first definition in an exercise's file."""
    text = made.path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    node = next(n for n in tree.body if isinstance(n, ast.FunctionDef | ast.Assign))
    inner = list(ast.walk(node))
    own = {n.arg for n in inner if isinstance(n, ast.arg)}
    own |= {n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    used = {n.id for n in inner if isinstance(n, ast.Name)} - own - {"np"}
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    for line in imports:
        line.names = [name for name in line.names if (name.asname or name.name) in used]
    needed = "".join(f"{ast.unparse(line)}\n" for line in imports if line.names)
    gap = "\n\n" if needed else ""
    source = f"{needed}{gap}{ast.get_source_segment(text, node)}"
    if isinstance(node, ast.FunctionDef):
        stub = f"def {node.name}({ast.unparse(node.args)}):\n    return ...  # your code"
        return Solution(node.name, source, stub)
    name = ast.unparse(node.targets[0])
    return Solution(name, source, f"{name} = ...")


def expand(nb: Any) -> Any:
    """Replace each placeholder by the three cells of its exercise, whose words are to be written.

    Args:
        nb: a notebook (``nbformat`` 4); a Markdown cell that holds only
            ``<!-- exercise:ch05.rmse -->`` is a placeholder.

    Returns:
        The same notebook; expanding again changes nothing.

    Raises:
        CourseError: a placeholder names an exercise that has no file.
    """
    cells: list[Any] = []
    for cell in nb.cells:
        placeholder = PLACEHOLDER.match(cell.source) if cell.cell_type == "markdown" else None
        cells += _new_cells(get(placeholder[1])) if placeholder else [cell]
    nb.cells = cells
    return nb


def fill(nb: Any) -> None:
    """Bring what is derived up to date: each statement's metadata, and the solution shown.

    Raises:
        CourseError: a cell lacks the line or the block that is looked for; names the exercise.
    """
    for cell in nb.cells:
        part = cell.metadata.get("exercise", {})
        if part.get("part") == "statement":
            cell.metadata["exercise"] = part | _read(part["id"], cell.source)
        elif part.get("part") == "help":
            shown = solution(get(part["id"])).source
            pieces = _ANSWER.split(cell.source)
            if len(pieces) != 2:
                raise CourseError(
                    f"The hints of {part['id']} should end with one admonition 'Solution' that "
                    "begins with a block of Python; copy that of another exercise."
                )
            cell.source = folded(shown.join(pieces))


def folded(help_: str) -> str:
    """Return hints and solution in one fold, each folded inside it; folding again changes nothing.

    Args:
        help_: the admonitions of an exercise's last cell, or the fold that holds them.
    """
    if FOLD in help_:
        return help_
    marks = ":" * (1 + max(map(len, re.findall(r"(?m)^:{3,}", help_))))
    return f"{marks}{FOLD}\n\n{help_}\n{marks}"


def _read(id: str, statement: str) -> dict[str, Any]:
    """Return title, level and minutes as a statement shows them."""
    title, level = _TITLE.search(statement), _LEVEL.search(statement)
    if not title or not level or LEVELS.get(int(level[1])) != level[2]:
        raise CourseError(
            f"The statement of {id} should have the lines ':::{{admonition}} Exercise: A title' "
            "and '*Level 1 (apply), about 5 minutes. …'; levels are "
            f"{', '.join(f'{n} ({word})' for n, word in LEVELS.items())}."
        )
    return {"title": title[1], "level": int(level[1]), "minutes": int(level[3])}


def on_page(nb: Any) -> dict[str, dict[str, Any]]:
    """Return each exercise's cells in a notebook: by id, then ``statement``, ``stub``, ``help``."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for cell in nb.cells:
        if part := cell.metadata.get("exercise"):
            found[part["id"]][part["part"]] = cell
    return dict(found)


def stub(cell: Any) -> str:
    """Return the source of a stub cell without its call of ``check``."""
    return _CHECK.sub("", cell.source)


def label(id: str) -> str:
    """Return the page label of an exercise: ``ex-ch05-rmse``."""
    return "ex-" + id.replace(".", "-")


def catalogue() -> str:
    """Return the Markdown table of all exercises that stand on pages, by chapter."""
    lines = []
    for chapter, exercises in groupby(listed().values(), key=lambda words: words.id[2:4]):
        lines += [f"## Chapter {int(chapter)}", "", *_table(exercises), ""]
    return "\n".join(lines).strip()


def _table(exercises: Iterable[Words]) -> list[str]:
    rows = [
        f"| [{words.title}](#{label(words.id)}) | `{words.id}` "
        f"| {words.level} ({LEVELS[words.level]}) | {words.minutes} |"
        for words in exercises
    ]
    return ["| exercise | id | level | minutes |", "|---|---|---|---|", *rows]


def _new_cells(made: Exercise) -> list[Any]:
    """Return statement, stub with its check, hints and solution, to be worded by the author."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    answer = solution(made)
    statement = (
        f"({label(made.id)})=\n:::{{admonition}} Exercise: {UNWRITTEN}\n:class: exercise\n\n"
        f"Write `{answer.name}`: {UNWRITTEN}.\n\n*Level 1 (apply), about 5 minutes. "
        "`check` judges it; hints and the solution are folded below.*\n:::"
    )
    code = f'{answer.stub}\n\n\ncheck("{made.id}", {answer.name})'
    part = ":::{{admonition}} {}\n:class: dropdown\n\n{}\n:::"
    block = f"```python\n{answer.source}\n```\n\n{UNWRITTEN}"
    help_ = folded(f"{part.format('Hint 1 of 1', UNWRITTEN)}\n\n{part.format('Solution', block)}")
    cells = [new_markdown_cell(statement), new_code_cell(code), new_markdown_cell(help_)]
    for cell, part in zip(cells, ("statement", "stub", "help"), strict=True):
        cell.metadata["exercise"] = {"id": made.id, "part": part}
    return cells
