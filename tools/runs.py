"""What a page printed in one run, kept in a file that is named by all that the run depends on.

So an interruption of ``make portable`` loses only what was running, and ``make refresh`` spares it
a run.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from nbformat import NotebookNode

from companion import results
from companion.files import read_json, write_text
from tools import notebooks
from tools.moved import compared_texts
from tools.processors import PROCESSORS
from tools.recorded import restored
from tools.threads import course_environment

RUNS = Path(".portable")


@dataclass(frozen=True)
class Run:
    """What one page printed under one processor.

    Attributes:
        texts: the printed text of each code cell that nbval compares, by its number.
        recorded: the recorded values, with all digits.
        seconds: how long the page took.
        error: the last line of the error that stopped it, or nothing.
    """

    texts: Mapping[int, str]
    recorded: Sequence[results.Recorded]
    seconds: float
    error: str = ""


def keep(
    kept: Path, nb: NotebookNode, recorded: Mapping[str, results.Recorded], seconds: float
) -> None:
    """Keep what a page printed, in one step."""
    entries = [asdict(entry) for entry in recorded.values()]
    content = {"texts": compared_texts(nb), "recorded": entries, "seconds": seconds}
    kept.parent.mkdir(exist_ok=True)
    write_text(kept, json.dumps(content))


def restore(kept: Path) -> Run:
    """Read a kept run."""
    entry = read_json(kept)
    texts = {int(cell): text for cell, text in entry["texts"].items()}
    return Run(texts, [restored(value) for value in entry["recorded"]], entry["seconds"])


def kept_at(path: Path, environment: Mapping[str, str]) -> Path:
    """Name the file of a run by all that it depends on: code, files, packages, settings, Python."""
    names = sorted({name for settings in PROCESSORS.values() for name in settings})
    digest = hashlib.sha256(json.dumps([environment.get(name) for name in names]).encode())
    digest.update(code_of(path).encode())
    # An exercise that is to do prints its title, which is kept with its words.
    said = [cell.metadata.get("exercise") for cell in notebooks.read(path).cells]
    digest.update(json.dumps(said).encode())
    read = {*Path("companion").rglob("*.py"), *path.parent.glob("exercises/**/*.py")}
    for kind in ("*.yml", "*.bib", "data/*", "figures/*"):
        read |= set(path.parent.glob(kind))
    for source in [*sorted(read), Path("requirements.lock")]:
        if source.is_file():
            digest.update(source.read_bytes())
    python = "".join(map(str, sys.version_info[:2]))
    return RUNS / f"{path.stem}-{python}-{digest.hexdigest()[:16]}.json"


def code_of(path: Path) -> str:
    """Name the code of a page: its cells in order, and which of them nbval does not compare."""
    digest = hashlib.sha256()
    for cell in notebooks.read(path).cells:
        if cell.cell_type == "code":
            digest.update(f"{cell.source}\0{notebooks.is_uncompared(cell)}\0".encode())
    return digest.hexdigest()[:12]


def prune(paths: Iterable[Path]) -> None:
    """Remove each kept run that no page under any processor has today, on any Python.

    Args:
        paths: all notebooks of the book.
    """
    named = [
        kept_at(path, {**course_environment(), **settings})
        for path in paths
        for settings in PROCESSORS.values()
    ]
    today = {_without_python(kept) for kept in named}
    for kept in RUNS.glob("*.json"):
        if _without_python(kept) not in today:
            kept.unlink()


def _without_python(kept: Path) -> tuple[str, str]:
    page, _, digest = kept.stem.rsplit("-", 2)
    return page, digest
