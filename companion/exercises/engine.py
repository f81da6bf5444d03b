"""``check``, ``hint``, ``solution``, ``progress``, ``reset``: what a reader calls."""

from __future__ import annotations

import traceback
from datetime import date
from typing import Any

from companion.errors import CourseError
from companion.exercises import limits, state
from companion.exercises.registry import Exercise, ToDo, Wrong, get, load_all
from companion.exercises.results import Result, Table

_opened: dict[str, int] = {}
_busy = False


def check(id: str, answer: Any) -> Result:
    """Judge an answer and remember whether it passed.

    Args:
        id: the exercise, such as ``"ch05.rmse"``.
        answer: what the stub asks for: a function, a number, an array, a word.

    Returns:
        Pass, what is wrong, to do, or where the reader's code stopped. Shown by Jupyter.

    Raises:
        CourseError: there is no such exercise.
        KeyboardInterrupt: the reader stopped the cell; nothing is remembered.
    """
    global _busy
    made = get(id)
    if _busy:
        return Result("error", made.title, "An answer cannot call check(); remove that call.")
    _busy = True
    try:
        verdict, text = _judged(made, answer)
    finally:
        _busy = False
    note = "" if verdict == "todo" else state.note(id, verdict == "pass", date.today())
    return Result(verdict, made.title, "\n".join(filter(None, [text, note])))


def hint(id: str) -> Result:
    """Open the next hint of an exercise; after the last one, begin again."""
    made = get(id)
    number = _opened.get(id, 0) % len(made.hints)
    _opened[id] = number + 1
    return Result("info", f"Hint {number + 1} of {len(made.hints)}", made.hints[number])


def solution(id: str) -> Result:
    """Show the solution of an exercise and why it is so."""
    made = get(id)
    return Result("info", f"Solution: {made.title}", f"{made.solution}\n\n{made.explanation}")


def reset(id: str | None = None) -> Result:
    """Forget the progress of one exercise, or with no argument of all."""
    if id is not None:
        get(id)
    failed = state.forget(id)
    return Result("info", "Progress", failed or f"Forgotten: {id or 'all exercises'}.")


def progress(today: date | None = None) -> Table:
    """Show each exercise with its state, and what is worth another try.

    Args:
        today: the day to judge by; the machine's date when absent.
    """
    today = today or date.today()
    records, note = state.load()
    rows = []
    for made in load_all().values():
        record = records.get(made.id, state.Record())
        rows.append((made.id, made.title, str(made.level), str(made.minutes), _word(record, today)))
    again = [row[0] for row in rows if row[-1] == "try again"]
    left = sum(int(row[3]) for row in rows if row[-1] in ("open", "begun"))
    done = sum(row[-1] not in ("open", "begun") for row in rows)
    lines = [note, f"{done} of {len(rows)} done; about {left} minutes left."]
    if again:
        lines.append(f"Worth another try today: {', '.join(again)}.")
    header = ("exercise", "title", "level", "minutes", "state")
    return Table("Your progress", header, tuple(rows), " ".join(filter(None, lines)))


def _word(record: state.Record, today: date) -> str:
    due = record.due()
    if due is None:
        return "begun" if record.tries else "open"
    return "try again" if today >= due else "done"


def _judged(made: Exercise, answer: Any) -> tuple[str, str]:
    if answer is ... or answer is None:
        return "todo", "Replace the dots, then run the cell again."
    try:
        limits.limited(lambda: made.oracle(answer))
    except ToDo:
        return "todo", "Replace the dots, then run the cell again."
    except Wrong as wrong:
        return "wrong", str(wrong)
    except limits.TooSlow:
        return "wrong", (
            f"It ran for {limits.SECONDS:.0f} seconds and was stopped; look for a loop that does "
            "not end, or for a loop over rows that one array operation can replace."
        )
    except CourseError as error:
        return "error", str(error)
    except KeyboardInterrupt:
        raise  # the reader's stop button: neither a verdict nor a try
    except BaseException as error:
        return "error", _shortened(error)
    return "pass", "Right."


def _shortened(error: BaseException) -> str:
    """Return the last line of a traceback, and the reader's own lines that led there."""
    frames = [
        f"line {frame.lineno} in {frame.name}: {frame.line}".rstrip(": ")
        for frame in traceback.extract_tb(error.__traceback__)
        if "companion" not in frame.filename.replace("\\", "/").split("/")
    ]
    kind = "".join(traceback.format_exception_only(error)).strip()
    return "\n".join([*frames[-3:], kind[:500]])
