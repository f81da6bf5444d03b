"""``make refresh``: from sources and registries to pages with outputs, numbers and tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from companion.errors import CourseError
from companion.results import Recorded
from tools import (
    claims,
    exercise_pages,
    intervals,
    landing,
    ledger,
    notebooks,
    pages,
    picture,
    portable,
    predict,
    quizzes,
    runs,
    study,
    terms,
)
from tools.threads import course_environment

BOOK = Path("book")


def refresh(paths: Sequence[Path] = (), *, run: bool = True) -> None:
    """Bring the pages up to date; a second call changes nothing.

    Args:
        paths: the notebooks to execute; all of them when empty.
        run: execute them; otherwise only generated text and bound numbers are rewritten.

    Raises:
        CourseError: a page refers to something that does not exist, or a cell fails.
    """
    chosen = [Path(p) for p in paths] or sorted(BOOK.glob("*.ipynb"))
    before = pages.load_results(BOOK / "results.json")
    measured = {name: entry for name, entry in before.items() if name.endswith(".minutes")}
    for path, seconds in _run_pages(chosen if run else []):
        _note_minutes(measured, path.stem, seconds)
    for path in sorted(BOOK.glob("*.ipynb")):
        _collect(path, measured, before)
    _prune(measured)
    pages.save_results(BOOK / "results.json", measured)
    filled = _filler()
    for path in sorted(BOOK.glob("*.ipynb")):
        _fill_notebook(path, filled)
    write_generated()
    for path in sorted(BOOK.glob("*.md")):
        _write_if_changed(path, filled(path.read_text(encoding="utf-8")))


def _run_pages(paths: Sequence[Path]) -> Iterator[tuple[Path, float]]:
    """Run the pages, two at once, and return each one's seconds; an interruption starts no more."""
    pool = ThreadPoolExecutor(portable.PROCESSES)
    try:
        yield from zip(paths, pool.map(_run_page, paths), strict=True)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _run_page(path: Path) -> float:
    """Expand, format and execute one notebook; return the seconds it took."""
    before = notebooks.read(path)
    nb = exercise_pages.expand(notebooks.read(path))
    exercise_pages.fill(nb)  # a check prints the title that is found in the metadata
    listed = ledger.load(BOOK / "claims.yml")
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cell.source = claims.fill(cell.source, listed)
    notebooks.write(path, notebooks.normalise(nb))
    notebooks.format_code(path)
    nb, recorded = notebooks.read(path), dict[str, Recorded]()
    kept = runs.kept_at(path, course_environment())
    print(f"running {path} …", file=sys.stderr, flush=True)
    seconds = notebooks.execute(nb, BOOK, recorded)
    if lost := sorted(recorded.keys() - notebooks.collect(nb).keys()):
        raise CourseError(f"{path.name} records {lost[0]!r}, but not on a line of its own.")
    notebooks.write(path, notebooks.keep_uncompared(notebooks.normalise(nb), before))
    runs.keep(kept, nb, recorded, seconds)
    return seconds


def _collect(
    path: Path, measured: dict[str, dict[str, Any]], before: Mapping[str, Mapping[str, Any]]
) -> None:
    """Add what a page's stored outputs recorded, with its interval while the code is the same."""
    code = runs.code_of(path)
    for name, value in notebooks.collect(notebooks.read(path)).items():
        if not name.startswith(notebooks.prefix(path.stem) + "."):
            raise CourseError(f"{path.name} records {name!r}; names there begin with its chapter.")
        interval = intervals.kept(before.get(name, {}), code)
        measured[name] = {"value": value, "page": path.stem, **interval}


def _note_minutes(measured: dict[str, dict[str, Any]], page: str, seconds: float) -> None:
    """State the running time in half minutes, and leave it while it is near enough."""
    name = f"{notebooks.prefix(page)}.minutes"
    stated = measured.get(name)
    minutes = seconds / 60
    if stated is None or not 0.6 <= minutes / float(stated["value"]) <= 1.5:
        value = f"{max(1, -(-minutes // 0.5)) * 0.5:g}"
        measured[name] = {"value": value, "page": page}


def _prune(measured: dict[str, dict[str, Any]]) -> None:
    present = {path.stem for path in BOOK.glob("*.ipynb")}
    for name in [n for n, entry in measured.items() if entry["page"] not in present]:
        del measured[name]


def _fill_notebook(path: Path, filled: Callable[[str], str]) -> None:
    nb: NotebookNode = notebooks.read(path)
    quizzes.place(nb, path.stem, BOOK / "quizzes")
    exercise_pages.fill(nb)
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cell.source = filled(predict.boxed(cell.source))
    nb = notebooks.normalise(nb)
    if nb != notebooks.read(path):
        notebooks.write(path, nb)


def _filler() -> Callable[[str], str]:
    """Return what fills claims and numbers into Markdown; the files are read once."""
    listed, numbers = ledger.load(BOOK / "claims.yml"), pages.load_numbers(BOOK)
    return lambda markdown: pages.fill_numbers(claims.fill(markdown, listed), numbers)


def generated() -> dict[str, dict[str, str]]:
    """Return all generated text: file name to marker to Markdown."""
    listed = ledger.load(BOOK / "claims.yml")
    finished = [c for c in listed.values() if c.page and (BOOK / f"{c.page}.ipynb").exists()]
    course = landing.chapters(BOOK.parent)
    results = pages.load_results(BOOK / "results.json")
    titles = {c.page: c.title for c in course}
    return {
        "index.md": {
            "chapters": landing.cards(course, results),
            "verdict-counts": f"{claims.legend(finished)}\n\n{claims.deciders(finished)}",
        },
        "verdicts.md": {"verdicts": claims.verdict_table(finished, titles)},
        "errata.md": {"errata": claims.errata_table(finished)},
        "exercises.md": {
            "exercises": exercise_pages.catalogue(),
            "quizzes": quizzes.catalogue(((c.page, c.title) for c in course), BOOK / "quizzes"),
        },
        "study.md": {"plans": study.plans(BOOK.parent)},
        "tests.md": {
            "tests": quizzes.tests(
                ((c.page, c.title) for c in course if c.depth == 0), BOOK / "quizzes"
            )
        },
        "index-of-terms.md": {"terms": terms.index(BOOK.parent)},
    }


def pictured() -> str:
    """Return the drawing of the landing page, one mark for each claim."""
    titles = {str(int(c.page[:2])): c.title for c in landing.chapters(BOOK.parent) if c.depth == 0}
    return picture.draw(ledger.load(BOOK / "claims.yml").values(), titles)


def write_generated() -> None:
    """Rewrite every generated block in place, and the drawing."""
    _write_if_changed(BOOK / "figures" / "verdicts.svg", pictured())
    for name, blocks in generated().items():
        path = BOOK / name
        text = path.read_text(encoding="utf-8")
        for marker, block in blocks.items():
            text = pages.fill_generated(text, marker, block)
        _write_if_changed(path, text)


def _write_if_changed(path: Path, text: str) -> None:
    if path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
