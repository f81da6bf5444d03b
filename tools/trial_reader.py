"""A notebook as the check of a trial sees it: words, code as a tree, stored outputs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import notebooks


@dataclass(frozen=True)
class Trial:
    """What the check reads of a notebook.

    Attributes:
        text: of its Markdown cells.
        code: the syntax tree of all code cells together.
        printed: what its outputs hold as text, errors included.
        unrun: the numbers of code cells that were not run.
    """

    text: str
    code: ast.Module
    printed: str
    unrun: tuple[int, ...]

    def calls(self, name: str) -> list[ast.Call]:
        """Return each call of a function of this name, with or without its module."""
        found = [node for node in ast.walk(self.code) if isinstance(node, ast.Call)]
        return [call for call in found if name == _name(call.func)]

    def value(self, node: ast.expr) -> Any:
        """Return a literal, a range, or what a name for one stands for; ``None`` for all else."""
        if isinstance(node, ast.Name):
            named = [n for n in self._assigned() if node.id in n]
            return self.value(named[-1][node.id]) if named else None
        if isinstance(node, ast.Call) and _name(node.func) == "range":
            bounds = [self.value(bound) for bound in node.args]
            return range(*bounds) if all(isinstance(b, int) for b in bounds) else None
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError):
            return None

    def _assigned(self) -> Iterator[dict[str, ast.expr]]:
        """Yield the names that each assignment binds, in the order of the lines."""
        for node in ast.walk(self.code):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    yield from _bound(target, node.value)


def read(path: Path) -> Trial:
    """Read a notebook.

    Raises:
        CourseError: the file is not a notebook.
    """
    cells = notebooks.read(path).cells
    code = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]
    return Trial(
        "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown"),
        ast.Module([statement for cell in code for statement in _parsed(cell.source)], []),
        "\n".join(text for cell in code for text in _texts(cell.outputs)),
        tuple(n for n, cell in enumerate(code, 1) if cell.execution_count is None),
    )


def _parsed(source: str) -> list[ast.stmt]:
    """Return a cell's statements; lines for IPython are left out, a broken cell has none."""
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        return ast.parse("\n".join(lines)).body
    except SyntaxError:
        return []


def _texts(outputs: list[Any]) -> Iterator[str]:
    for output in outputs:
        yield output.get("text", "")
        yield output.get("data", {}).get("text/plain", "")
        yield str(output.get("evalue", ""))


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _bound(target: ast.expr, value: ast.expr) -> Iterator[dict[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield {target.id: value}
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, own in zip(target.elts, value.elts, strict=False):
            yield from _bound(one, own)
