"""Settings for the whole suite: no state in the book's folder, and honest skips."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from companion.data import california_available, california_missing
from companion.models import wheels
from tools.pace import off_pace
from tools.threads import course_environment

# The kernels that nbval starts inherit these, too: exercises keep their state out of book/.
os.environ.update(course_environment())
os.environ.setdefault("COURSE_PROGRESS", str(Path(tempfile.mkdtemp()) / "progress.json"))

# A line of progress is not an output to compare.
os.environ.setdefault("COURSE_QUIET", "1")

BOOK = Path(__file__).parent / "book"
# What each of these pages says on this machine: why it is left out, or nothing.
LACKING = {"05b-california.ipynb": None if california_available() else california_missing()}
for _page in BOOK.glob("*.ipynb"):
    if re.search(r"import .*\b(smollm2|minilm)\b", _page.read_text(encoding="utf-8")):
        LACKING[_page.name] = wheels.missing()

_seconds: Counter[str] = Counter()
_cells: Counter[str] = Counter()
_slow: list[str] = []
_quick: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    """Let nbval compare the words of a moving figure and not its pictures, as with all figures."""
    config.option.nbval_sanitize_with = str(BOOK.parent / "tests" / "pictures.cfg")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the notebooks on real data and models where these are not at hand."""
    return True if LACKING.get(collection_path.name) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that two workers end together."""
    minutes = _stated_minutes()
    in_browser = max(minutes.values()) + 1
    items.sort(
        key=lambda item: minutes.get(item.path.stem, in_browser * ("browser" in item.path.parts)),
        reverse=True,
    )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what each page takes, its kernel's start included."""
    page, is_page, _ = report.nodeid.partition(".ipynb::")
    if is_page:
        _seconds[Path(page).stem] += report.duration
        _cells[Path(page).stem] += report.when == "call"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where a page takes far longer than it states, beside the others."""
    # A processor that is only simulated has a pace of its own.
    if hasattr(session.config, "workerinput") or "OPENBLAS_CORETYPE" in os.environ:
        return
    whole = {page: _seconds[page] for page in _cells if _cells[page] == _number_of_cells(page)}
    slow, quick = off_pace(_stated_minutes(), whole)
    _slow.extend(slow)
    _quick.extend(quick)
    if _slow and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _stated_minutes() -> dict[str, float]:
    entries = json.loads((BOOK / "results.json").read_text(encoding="utf-8"))
    named = {name: entry for name, entry in entries.items() if name.endswith(".minutes")}
    return {entry["page"]: float(entry["value"]) for entry in named.values()}


def _number_of_cells(page: str) -> int:
    cells = json.loads((BOOK / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    return sum(cell["cell_type"] == "code" for cell in cells)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why; and which pages state wrong minutes."""
    for sentence in _slow:
        terminalreporter.write_line(f"FAILED {sentence}", red=True)
    for sentence in _quick:
        terminalreporter.write_line(f"NOTE {sentence}")
    for name, reason in LACKING.items():
        if reason:
            terminalreporter.write_line(f"SKIPPED book/{name}: {reason}")
