"""Numbers that differ between several runs of one page, each named by the words before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from tools import notebooks

NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|nan|inf)(?![^\W\d_])")
STORED = "stored"


@dataclass(frozen=True)
class Moved:
    """One number that differs between runs: where it stands, and what was seen by whom."""

    page: str
    cell: int
    number: str
    seen: Mapping[str, Sequence[str]]

    def __str__(self) -> str:
        values = "; ".join(f"{value} ({', '.join(runs)})" for value, runs in self.seen.items())
        return f"{self.page} | {self.cell} | {self.number} | {values}"


def table(moved: Sequence[Moved]) -> str:
    """Return one line a number: page, number of the code cell, number, values seen and where."""
    if not moved:
        return "No printed digit moved."
    return "\n".join(["page | cell | number | values seen", *map(str, moved)])


def compare(path: Path, runs: Mapping[str, Mapping[int, str]]) -> Iterator[Moved]:
    """Yield each number that is not the same in all runs and in the stored outputs.

    Args:
        path: the notebook.
        runs: the printed text of each code cell, by the cell's number, of each run by name.
    """
    texts = {STORED: compared_texts(notebooks.read(path)), **runs}
    for cell in texts[STORED]:
        by_run = {name: of.get(cell, "") for name, of in texts.items()}
        if len(set(by_run.values())) > 1:
            yield from _in_cell(path.stem, cell, by_run)


def compared_texts(nb: NotebookNode) -> dict[int, str]:
    """Return what each code cell prints, by its number; pictures and uncompared cells left out."""
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    return {
        number: "".join(map(_text, cell.get("outputs", ())))
        for number, cell in enumerate(cells, start=1)
        if not notebooks.is_uncompared(cell)
    }


def _text(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    data = output.get("data", {})
    plain = str(data.get("text/plain", ""))
    if "image/png" in data:
        return ""
    return re.sub("<[^>]*>", " ", str(data.get("text/html", ""))) if plain[:1] == "<" else plain


def _in_cell(page: str, cell: int, by_run: Mapping[str, str]) -> Iterator[Moved]:
    """Tell single numbers apart where only numbers differ, else each line that does."""
    lines = {name: text.splitlines() for name, text in by_run.items()}
    told = False
    for k, row in enumerate(zip_longest(*lines.values(), fillvalue="")):
        if len(set(row)) > 1:
            told = True
            yield from _in_line(page, cell, k + 1, dict(zip(lines, row, strict=True)))
    if not told:
        yield Moved(page, cell, "line ends", _by_value(by_run))


def _in_line(page: str, cell: int, number: int, by_run: Mapping[str, str]) -> Iterator[Moved]:
    skeletons = {" ".join(NUMBER.sub(" # ", line).split()) for line in by_run.values()}
    if len(skeletons) > 1:
        yield Moved(page, cell, f"line {number}", _by_value(by_run))
        return
    found = {name: list(NUMBER.finditer(line)) for name, line in by_run.items()}
    first = next(iter(by_run))
    told = False
    for k, match in enumerate(found[first]):
        values = {name: matches[k][0] for name, matches in found.items()}
        if len(set(values.values())) > 1:
            told = True
            words = " ".join(by_run[first][: match.start()].split())[-40:]
            yield Moved(page, cell, words or f"line {number}", _by_value(values))
    if not told:
        yield Moved(page, cell, f"spaces in line {number}", _by_value(by_run))


def _by_value(by_run: Mapping[str, str]) -> dict[str, list[str]]:
    seen: dict[str, list[str]] = {}
    for name, value in by_run.items():
        seen.setdefault(value, []).append(name)
    return seen
