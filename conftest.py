"""Settings for the whole suite: no state in the book's folder, and honest skips."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from companion.data import california_available

# The kernels that nbval starts inherit this: exercises keep their state out of book/.
os.environ.setdefault("COURSE_PROGRESS", str(Path(tempfile.mkdtemp()) / "progress.json"))

# A line of progress is not an output to compare.
os.environ.setdefault("COURSE_QUIET", "1")

NEEDS_CALIFORNIA = ("05b-california.ipynb",)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the notebook on real data where the data are not at hand."""
    if collection_path.name in NEEDS_CALIFORNIA and california_available() is not None:
        return True
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why."""
    reason = california_available()
    if reason is not None:
        for name in NEEDS_CALIFORNIA:
            terminalreporter.write_line(f"SKIPPED book/{name}: {reason}")
