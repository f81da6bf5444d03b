"""What a reader has done: one small JSON file, never lost, never fatal."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from companion.exercises.locks import locked

# Days until a finished exercise is worth another try; each success on time moves one further.
INTERVALS = (1, 3, 7, 21, 60)
VERSION = 1


class _Damaged(Exception):  # noqa: N818 - known only here
    """The file is there and is not what this module writes."""


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


def path() -> Path:
    """Return where the state is kept: ``COURSE_PROGRESS``, or ``.course/`` in this folder."""
    return Path(os.environ.get("COURSE_PROGRESS") or Path(".course") / "progress.json")


def load() -> tuple[dict[str, Record], str]:
    """Read the state; nothing is raised, and a file that is no state is set aside.

    Returns:
        Records by id, and a sentence for the reader if something about the file must be said.
    """
    try:
        try:
            return _read(), ""
        except _Damaged:
            with locked(_lock()):
                return _recovered()
    except OSError as error:
        return {}, f"Your progress could not be read ({_reason(error)}); the file is left as it is."


def note(id: str, passed: bool, today: date) -> str:
    """Add one judged answer; return a sentence if something about the file must be said."""
    try:
        with locked(_lock()):
            records, message = _recovered()
            records[id] = records.get(id, Record()).after(passed, today)
            _save(records)
            return message
    except OSError as error:
        return f"Your progress could not be saved ({_reason(error)}); the check itself stands."


def forget(id: str | None) -> str:
    """Remove one exercise's record, or all; return what must be said about the file, as note."""
    try:
        with locked(_lock()):
            records, message = _recovered()
            _save({} if id is None else {k: r for k, r in records.items() if k != id})
            return message
    except OSError as error:
        return f"Your progress could not be changed ({_reason(error)})."


def _lock() -> Path:
    return path().with_name(f"{path().name}.lock")


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _read() -> dict[str, Record]:
    """Return the records; none without a file.

    Raises:
        _Damaged: it is a folder, or holds something else.
        OSError: it may not be read.
    """
    try:
        return _parsed(path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except IsADirectoryError:
        raise _Damaged from None
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
        raise _Damaged from None


def _recovered() -> tuple[dict[str, Record], str]:
    """Read under the lock; move away what is no state, so that nothing is overwritten."""
    try:
        return _read(), ""
    except _Damaged:
        aside = _set_aside(path())
    return {}, f"Your progress file was damaged; it is kept as {aside}, and a new one begins."


def _parsed(text: str) -> dict[str, Record]:
    content: dict[str, Any] = json.loads(text)
    if content["version"] != VERSION:
        raise ValueError("another version of the file")
    records = {id: Record(**fields) for id, fields in content["exercises"].items()}
    for record in records.values():
        kinds = (type(record.passed), type(record.tries), type(record.reviews))
        if kinds != (bool, int, int) or min(record.tries, record.reviews) < 0:
            raise TypeError("passed should be true or false, and counts whole numbers")
        record.due()
    return records


def _save(records: dict[str, Record]) -> None:
    """Write beside the file, then replace it: a stop at any moment leaves the old or the new."""
    file = path()
    content = {
        "version": VERSION,
        "exercises": {id: asdict(r) for id, r in sorted(records.items())},
    }
    # Under the lock there is one writer, so that one name is enough.
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps(content, indent=1) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, file)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _set_aside(file: Path) -> str:
    number = 1
    while (aside := file.with_name(f"{file.stem}.damaged-{number}.json")).exists():
        number += 1
    file.rename(aside)
    return aside.name
