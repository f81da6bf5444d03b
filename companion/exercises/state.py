"""What a reader has done: one small JSON file, never lost, never fatal."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

# Days until a finished exercise is worth another try; each success on time moves one further.
INTERVALS = (1, 3, 7, 21, 60)
STALE_LOCK_SECONDS = 10.0


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
    """Read the state.

    Returns:
        Records by id, and a sentence for the reader if a damaged file was set aside, else ``""``.
    """
    file = path()
    try:
        return _parsed(file.read_text(encoding="utf-8")), ""
    except FileNotFoundError:
        return {}, ""
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return {}, _set_aside(file)


def note(id: str, passed: bool, today: date) -> str:
    """Add one judged answer; return a sentence if something about the file must be said."""
    try:
        with _locked():
            records, message = load()
            records[id] = records.get(id, Record()).after(passed, today)
            _save(records)
            return message
    except OSError as error:
        return f"Your progress could not be saved ({error.strerror}); the check itself stands."


def forget(id: str | None) -> None:
    """Remove one exercise's record, or all of them."""
    with _locked():
        records, _ = load()
        _save({} if id is None else {k: r for k, r in records.items() if k != id})


def _parsed(text: str) -> dict[str, Record]:
    content: dict[str, Any] = json.loads(text)
    records = {id: Record(**fields) for id, fields in content["exercises"].items()}
    for record in records.values():
        if not (isinstance(record.tries, int) and isinstance(record.reviews, int)):
            raise TypeError("counts should be whole numbers")
        record.due()
    return records


def _save(records: dict[str, Record]) -> None:
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{os.getpid()}.part")
    content = {"version": 1, "exercises": {id: asdict(r) for id, r in sorted(records.items())}}
    temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    os.replace(temporary, file)


def _set_aside(file: Path) -> str:
    number = 1
    while (aside := file.with_name(f"{file.stem}.damaged-{number}.json")).exists():
        number += 1
    with contextlib.suppress(OSError):
        file.rename(aside)
    return f"Your progress file was damaged; it is kept as {aside.name}, and a new one begins."


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """Let one process at a time change the file; a lock left behind by a crash is broken."""
    lock = path().with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            with contextlib.suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > STALE_LOCK_SECONDS:
                    lock.unlink()
            time.sleep(0.01)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
