"""What ``make check`` asks of pages and lock: spelling, cells as refresh leaves them, hashes."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import notebooks
from tools.environment import BOOK, LOCKS, REFERENCE, WHOLE, direct, environment, locked

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|home|root|tmp|Users|opt|usr)/|[A-Z]:\\\\")
LONGEST_CELL = 30
WIDEST_LINE = 85  # what a page of 1280 pixels shows beside its two side bars
UNCOMPARED_SHARE = 0.05


def faults(path: Path) -> list[str]:
    """Return what is wrong with a notebook, a sentence each, with page and cell.

    Raises:
        CourseError: the file is not a notebook.
    """
    cells = notebooks.read(path).cells
    left = notebooks.normalise(notebooks.read(path)).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    found, last = [], 0
    for number, (cell, clean) in enumerate(zip(cells, left, strict=True), start=1):
        sentences = []
        if cell.cell_type == "code":
            sentences = [*_cell_faults(cell, last + 1)]
            last = cell.execution_count or last + 1
        if cell.id != clean.id:
            sentences.append("is not as refresh leaves it: run `make refresh`")
        found += [f"{path.name}, cell {number} {sentence}." for sentence in sentences]
    uncompared = sum(map(notebooks.is_uncompared, cells))
    if uncompared > UNCOMPARED_SHARE * len(code):
        found.append(f"{path.name} compares too little: {uncompared} of {len(code)} cells are not.")
    return found


def _cell_faults(cell: Any, turn: int) -> Iterator[str]:
    lines = cell.source.splitlines()
    if cell.execution_count != turn:
        yield f"should have been run as number {turn}, not {cell.execution_count}"
    if len(lines) > LONGEST_CELL:
        yield f"should have at most {LONGEST_CELL} lines, not {len(lines)}"
    if wide := [line for line in lines if len(line) > WIDEST_LINE]:
        yield f"should have at most {WIDEST_LINE} columns: {wide[0].strip()}"
    for output in cell.outputs:
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"should print no error: {str(output)[:200]}"
    if path := MACHINE_PATH.search(f"{cell.source}{cell.outputs}"):
        yield f"should hold no path of one machine: {path[0]}"


def misspelt(pages: list[Path], settings: Path) -> list[str]:
    """Return the words in notebooks that codespell doubts, with page, cell and line.

    Args:
        pages: notebooks; prose, code, captions and alternative texts are read, outputs are not.
        settings: the ``pyproject.toml`` that names the words to accept.
    """
    with tempfile.TemporaryDirectory() as folder:
        for page in pages:
            for number, cell in enumerate(notebooks.read(page).cells, start=1):
                text = f"{cell.source}\n{cell.metadata.get('mystnb', '')}"
                Path(folder, f"{page.stem}, cell {number}").write_text(text, encoding="utf-8")
        # One file a cell, so that what codespell prints names page and cell.
        command = [sys.executable, "-m", "codespell_lib", "--toml", str(settings.resolve()), "."]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    return [line.removeprefix("./") for line in (run.stdout + run.stderr).splitlines()]


def lock_faults(root: Path) -> list[str]:
    """Return what is wrong with the locks and with the conda file made from them."""
    pyproject = (root / "pyproject.toml").read_text(encoding="utf-8")
    texts = {name: (root / name).read_text(encoding="utf-8") for name in LOCKS}
    found = []
    for name, lock in texts.items():
        wanted = direct(pyproject, LOCKS[name], companion=name != BOOK)
        found += [f"{name}: {fault}" for fault in _faults_of_one(lock, wanted)]
    whole = locked(texts[WHOLE])
    for name in (BOOK, REFERENCE):  # both are installed beside the whole lock
        pins = locked(texts[name]).items()
        others = [pin for pin, versions in pins if not versions <= whole.get(pin, versions)]
        found += [f"{name}: {pin} has another version than in {WHOLE}" for pin in others]
    if not found and (root / "environment.yml").read_text(encoding="utf-8") != environment(root):
        found.append(f"environment.yml: other versions than in {WHOLE}")
    return [f"{fault}; run `make lock`." for fault in found]


def _faults_of_one(lock: str, wanted: list[str]) -> Iterator[str]:
    pins = locked(lock)
    yield from (f"{name} is missing" for name in wanted if name not in pins)
    # A requirement ends where no backslash continues it.
    entries = re.findall(r"(?m)^[^\s#](?:.*\\\n)*.*$", lock)
    yield from (f"no hash for {e.split()[0]}" for e in entries if "--hash=sha256:" not in e)
    if "://" in lock or "index-url" in lock:
        yield "an address"


def check(root: Path) -> list[str]:
    """Return every fault of the course in a folder: pages, their spelling, the lock."""
    pages = sorted((root / "book").glob("*.ipynb"))
    cells = [fault for page in pages for fault in faults(page)]
    return cells + misspelt(pages, root / "pyproject.toml") + lock_faults(root)


if __name__ == "__main__":
    found = check(Path())
    print(*found, sep="\n", file=sys.stderr) if found else None
    sys.exit(bool(found))
