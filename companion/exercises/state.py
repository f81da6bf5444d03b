"""What a reader has done: one small JSON file, written whole, never fatal, nobody else's."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock

from companion.errors import CourseError
from companion.files import read_json, write_text

# Days until a finished exercise is worth another try; each success on time moves one further.
INTERVALS = (1, 3, 7, 21, 60)
VERSION = 1
WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class Record:
    """The state of one exercise.

    Attributes:
        passed: whether an answer has passed.
        tries: answers judged.
        last: day of the last pass, as ``2026-11-24``; empty before.
        reviews: passes on or after the proposed day.
    """

    passed: bool = False
    tries: int = 0
    last: str = ""
    reviews: int = 0

    def due(self) -> date | None:
        """Return the day from which another try is worth while, or ``None`` if never passed."""
        if not self.passed:
            return None
        days = INTERVALS[min(self.reviews, len(INTERVALS) - 1)]
        return date.fromisoformat(self.last) + timedelta(days=days)

    def after(self, passed: bool, today: date) -> Record:
        """Return the state after one more judged answer."""
        if not passed:
            return Record(self.passed, self.tries + 1, self.last, self.reviews)
        due = self.due()
        on_time = due is not None and today >= due
        # A repeat before its day counts as a try, and does not move the day.
        last = self.last if due is not None and not on_time else today.isoformat()
        return Record(True, self.tries + 1, last, self.reviews + on_time)


Records = dict[str, Record]


def course_folder() -> Path:
    """Return the nearest folder, from this one up, that holds the course; else this one.

    Kernels run in ``book/``, commands at the top: both are in the same course.
    """
    here = Path.cwd()
    return next((up for up in (here, *here.parents) if (up / "_toc.yml").is_file()), here)


def book_folder() -> Path:
    """Return the folder of the notebooks: ``book`` in the course, or else this folder itself."""
    folder = course_folder()
    return folder / "book" if (folder / "book").is_dir() else folder


def path() -> Path:
    """Return where the state is kept: ``COURSE_PROGRESS``, or ``.course/`` beside the notebooks.

    Raises:
        CourseError: ``COURSE_PROGRESS`` begins with a home folder that this machine does not know.
    """
    if given := os.environ.get("COURSE_PROGRESS"):
        file = os.path.expanduser(given)
        if file.startswith("~"):
            raise CourseError(
                f"COURSE_PROGRESS is {given}, a home folder that is not known; give a whole path."
            )
        # Links are followed here, so that two links to one file also share its lock.
        return Path(os.path.realpath(course_folder() / file))
    return book_folder() / ".course" / "progress.json"


def load() -> tuple[Records, str]:
    """Read the state; nothing is raised.

    Returns:
        Records by id, and a sentence for the reader if something about the file must be said.
    """
    try:
        return read(path()), ""
    except (OSError, CourseError) as error:
        return {}, f"Your progress could not be read: {error}"


def note(id: str, passed: bool, today: date) -> str:
    """Add one judged answer; return a sentence if something about the file must be said."""

    def add(records: Records) -> Records:
        return records | {id: records.get(id, Record()).after(passed, today)}

    return changed(add, "saved, though the check itself stands")


def forget(id: str | None) -> str:
    """Remove one exercise's record, or all; return what must be said about the file, as note."""
    return changed(
        lambda records: {k: r for k, r in records.items() if id not in (None, k)}, "changed"
    )


def changed(change: Callable[[Records], Records], done: str) -> str:
    """Rewrite the file by a change of its records; return what must be said about it, as note."""
    try:
        file = path()
        read(file)  # before a lock is made beside what is not ours
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock", timeout=WAIT_SECONDS):
            records = change(read(file))
            content = {id: asdict(record) for id, record in sorted(records.items())}
            text = json.dumps({"version": VERSION, "exercises": content}, indent=1)
            write_text(file, f"{text}\n")
    except (OSError, CourseError) as error:
        return f"Your progress could not be {done}: {error}"
    return ""


def read(file: Path) -> Records:
    """Return the records in a file; none without one.

    Raises:
        CourseError: it is a folder, may not be read, or holds something else: it stays as it is.
    """
    if not file.exists():
        return {}
    content = read_json(file)
    try:
        return _parsed(content)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise CourseError(
            f"{file} is not what this course writes, so it stays as it is; rename it, or name "
            "another file in COURSE_PROGRESS."
        ) from error


def _parsed(content: dict[str, Any]) -> Records:
    if content["version"] != VERSION:
        raise ValueError("another version of the file")
    records = {id: Record(**fields) for id, fields in content["exercises"].items()}
    for record in records.values():
        kinds = (type(record.passed), type(record.tries), type(record.reviews))
        if kinds != (bool, int, int) or min(record.tries, record.reviews) < 0:
            raise TypeError("passed should be true or false, and counts whole numbers")
        record.due()
    return records
