"""``check``, ``progress``, ``reset``: what a reader calls."""

import contextlib
import traceback
from datetime import date
from pathlib import Path
from typing import Any

from companion.errors import CourseError
from companion.exercises import limits, state
from companion.exercises.registry import Exercise, ToDo, Wrong, get
from companion.exercises.results import ProgressTable, Result
from companion.exercises.words import listed

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
    made, title = get(id), _title(id)
    if _busy:
        return Result("error", title, "An answer cannot call check(); remove that call.")
    _busy = True
    try:
        verdict, text = judged(made, answer)
    finally:
        _busy = False
    note = "" if verdict == "todo" else state.note(id, verdict == "pass", date.today())
    return Result(verdict, title, "\n".join(filter(None, [text, note])))


def reset(id: str | None = None) -> Result:
    """Forget the progress of one exercise, or with no argument of all."""
    if id is not None:
        get(id)
    failed = state.forget(id)
    return Result("info", "Progress", failed or f"Forgotten: {id or 'all exercises'}.")


def progress(today: date | None = None) -> ProgressTable:
    """Show each exercise with its state, and what is worth another try.

    Args:
        today: the day to judge by; the machine's date when absent.

    Raises:
        CourseError: there are no notebooks with exercises, or one cannot be read.
    """
    today = today or date.today()
    records, note = state.load()
    rows = []
    for made in listed().values():
        word = _word(records.get(made.id, state.Record()), today)
        rows.append((made.id, made.title, str(made.level), str(made.minutes), word))
    if not rows:
        raise CourseError(
            f"No notebook in {state.book_folder()} has exercises; go to the course's folder."
        )
    again = [row[0] for row in rows if row[-1] == "try again"]
    # An id without a dot is a question of a quiz.
    again += [i for i in records if "." not in i and _word(records[i], today) == "try again"]
    left = sum(int(row[3]) for row in rows if row[-1] in ("open", "begun"))
    done = sum(row[-1] not in ("open", "begun") for row in rows)
    lines = [note, f"{done} of {len(rows)} done; about {left} minutes left."]
    if again:
        lines.append(f"Worth another try today: {', '.join(again)}.")
    return ProgressTable(tuple(rows), " ".join(filter(None, lines)))


def _title(id: str) -> str:
    """Return the exercise's title; its id where the page is away or cannot be read."""
    with contextlib.suppress(CourseError, KeyError):
        return listed(f"{id[2:4]}*")[id].title
    return id


def _word(record: state.Record, today: date) -> str:
    due = record.due()
    if due is None:
        return "begun" if record.tries else "open"
    return "try again" if today >= due else "done"


def judged(made: Exercise, answer: Any) -> tuple[str, str]:
    """Return state and message for an answer; remember nothing."""
    if answer is ... or answer is None:
        return "todo", "Replace the dots, then run the cell again."
    try:
        limits.limited(lambda: made.judge(answer))
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
        return "error", _shortened(error, made.path)
    return "pass", "Right."


def _shortened(error: BaseException, judge: Path) -> str:
    """Return the last line of a traceback, and the reader's own lines that led there."""
    frames = [
        f"line {frame.lineno} in {frame.name}: {frame.line}".rstrip(": ")
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) != judge and "companion" not in Path(frame.filename).parts
    ]
    kind = "".join(traceback.format_exception_only(error)).strip()
    return "\n".join([*frames[-3:], kind[:500]])
