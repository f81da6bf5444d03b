"""Execute a notebook so that doing it twice leaves no difference in git."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from companion import results
from companion.errors import CourseError
from companion.files import write_text
from tools.recorded import parse, read_log
from tools.threads import course_environment

UNCOMPARED = "nbval-ignore-output"
KEPT_METADATA = ("tags", "mystnb", "exercise")
CARD = ":::{admonition} What you will be able to do"  # ends a page's first screen
FOLDED, REMOVED = "hide-input", "remove-cell"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SECONDS_A_CELL = 300


def read(path: Path) -> NotebookNode:
    """Read a notebook, with one clear sentence if it is not one."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} should be a notebook (format 4): {error}.") from error


def write(path: Path, nb: NotebookNode) -> None:
    """Write a notebook in one step, so that an interruption leaves the old one whole."""
    write_text(path, nbformat.writes(nb) + "\n")


def normalise(nb: NotebookNode) -> NotebookNode:
    """Keep only what a reader needs: stable ids, chosen metadata, no times, no machine.

    The code of the first screen is folded: a page begins with its question and its picture.
    """
    seen: dict[str, int] = {}
    _fold_first_screen(nb)
    for cell in nb.cells:
        cell.source = cell.source.strip("\n")
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:10]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = f"{digest}-{seen[digest]}"
        cell.metadata = NotebookNode(
            {key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata}
        )
        for output in cell.get("outputs", ()):
            output.get("metadata", {}).clear()
    nb.metadata = NotebookNode({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    nb.nbformat, nb.nbformat_minor = 4, 5
    return nb


def _fold_first_screen(nb: NotebookNode) -> None:
    cards = [i for i, cell in enumerate(nb.cells) if CARD in cell.source]
    for cell in nb.cells[: cards[0]] if cards else ():
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and not {FOLDED, REMOVED} & set(tags):
            cell.metadata["tags"] = [*tags, FOLDED]


def keep_uncompared(nb: NotebookNode, before: NotebookNode) -> NotebookNode:
    """Give cells that print times or device names their stored outputs back.

    They differ at every run; as long as their source has not changed, the stored ones stand.
    """
    stored = {
        cell.source.strip("\n"): cell.outputs
        for cell in before.cells
        if is_uncompared(cell) and cell.outputs
    }
    for cell in nb.cells:
        if is_uncompared(cell):
            cell.outputs = stored.get(cell.source.strip("\n"), cell.outputs)
    return nb


def is_uncompared(cell: NotebookNode) -> bool:
    """Whether nbval runs the cell without comparing what it prints."""
    return cell.cell_type == "code" and UNCOMPARED in cell.metadata.get("tags", ())


def execute(
    nb: NotebookNode, folder: Path, recorded: dict[str, results.Recorded] | None = None
) -> float:
    """Run all cells in place, in a fresh kernel, and return the seconds it took.

    Args:
        nb: the notebook; its outputs are replaced.
        folder: the working directory of the kernel.
        recorded: takes what the page records, with all digits, by name.
    """
    # Building the pages reads notebooks too, and has no nbconvert.
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor

    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        own = {"COURSE_PROGRESS": "progress.json", results.LOG: "recorded", "COURSE_QUIET": "1"}
        files = {name: str(Path(scratch) / file) for name, file in own.items()}
        # TensorFlow takes two seconds to leave in good order, and nothing waits for it.
        ending = {"shutdown_kernel": "immediate"}
        client = NotebookClient(nb, timeout=SECONDS_A_CELL, kernel_name="python3", **ending)
        client.execute(env=course_environment() | files, cwd=str(folder))
        if recorded is not None:
            entries = read_log(Path(files[results.LOG]))
            recorded.update({entry.name: entry for entry in entries})
    # Where the kernel cuts a stream into pieces is a matter of time.
    CoalesceStreamsPreprocessor().preprocess(nb, {})
    return time.perf_counter() - start


def format_code(path: Path) -> None:
    """Let ruff sort imports and format the cells of one notebook."""
    # Long lines are folded first, so that the check only reports what folding cannot mend.
    for arguments in (("format", "--quiet"), ("check", "--fix", "--quiet"), ("format", "--quiet")):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, str(path)], capture_output=True, text=True
        )
        if run.returncode:
            raise CourseError(f"ruff finds fault with {path.name}:\n{run.stdout}{run.stderr}")


def collect(nb: NotebookNode) -> dict[str, str]:
    """Return every recorded result in the notebook's stored outputs, by name."""
    found: dict[str, str] = {}
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stdout":
                for name, value in parse(output.text).items():
                    if name in found:
                        raise CourseError(f"The result {name!r} is recorded twice on one page.")
                    found[name] = value
    return found


def prefix(page: str) -> str:
    """Return the prefix of a page's results: ``05b-california`` gives ``ch05b``.

    A page that belongs to no chapter, such as ``measured``, has its own name for a prefix.
    """
    match = re.match(r"(\d\d(?:[a-z]\d?)?)-", page)
    return f"ch{match[1]}" if match else page
