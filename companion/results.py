"""Numbers that prose may use.

A notebook calls :func:`record`; the line it prints is stored in the notebook's output, compared by
nbval at each run, and collected into ``book/results.json`` by ``make refresh``. Prose shows a
number as ``<span data-result="ch05.rmse">0.392</span>``. So a number on a page, the file and a
run can only agree, or a test is red. ``make portable`` adds the interval in which the number lies
on other processors: no printed digit may move inside it.
"""

import json
import math
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from companion.errors import CourseError

NAME = re.compile(r"^[a-z0-9]+(?:[._-][a-z0-9]+)+$")
# Where this is set, each recorded number is also written to that file with all its digits.
LOG = "COURSE_RECORD"
Value = int | float | str


@dataclass(frozen=True)
class Recorded:
    """One recorded value, before it is rounded.

    Attributes:
        name: as in :func:`record`.
        value: the number with all its digits, or a word.
        fmt: how it is printed.
        step: it is printed to the nearest multiple of this; 0 for all values.
        over: the same quantity from each repeated run (other seeds, other splits).
    """

    name: str
    value: Value
    fmt: str
    step: float = 0
    over: tuple[Value, ...] = ()


def record(
    name: str, value: Any, fmt: str = "", *, step: float = 0, over: Iterable[Any] = ()
) -> None:
    """Print ``name = value``, the form that ``make refresh`` collects.

    Args:
        name: dotted lower-case name that begins with the chapter, such as ``ch05.mlp.rmse``.
        value: the number (or word) as measured.
        fmt: how to print it: a format such as ``.3f``, or with a unit ``{:.0f} %``; choose so few
            digits that another processor, and another seed, prints the same.
        step: print the nearest multiple of this, such as 5.
        over: the same quantity from each repeated run, where the page repeats it.

    Raises:
        CourseError: the name is not of that form, the value is not finite or does not fit the
            format, or a repeated run prints something else.
    """
    if not NAME.match(name):
        raise CourseError(
            f"The result name {name!r} should be lower-case words joined by dots, "
            "such as 'ch05.mlp.rmse'."
        )
    try:
        entry = Recorded(name, _plain(value), fmt, step, tuple(map(_plain, over)))
        text = shown(entry.value, fmt, step)
        others = sorted({shown(other, fmt, step) for other in entry.over} - {text})
    except (TypeError, ValueError) as error:
        raise CourseError(f"{name!r} should print by the format {fmt!r}: {error}.") from error
    if not text or "\n" in text:
        raise CourseError(f"The value of {name!r} should print as one line; it prints as {text!r}.")
    if others:
        raise CourseError(
            f"{name!r} prints {text} here and {', '.join(others)} in repeated runs; print fewer "
            "digits, a median, or an interval."
        )
    if path := os.environ.get(LOG):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(entry)) + "\n")
    print(f"{name} = {text}")


def shown(value: Value, fmt: str, step: float = 0) -> str:
    """Return a value as it is printed: by a format, or by a template with one pair of braces."""
    if step and not isinstance(value, str):
        value = step * round(value / step)
    return (fmt.format(value) if "{" in fmt else format(value, fmt)).strip()


def _plain(value: Any) -> Value:
    """Return Python's own number or word for one of NumPy's or TensorFlow's."""
    if hasattr(value, "numpy"):
        value = value.numpy()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return str(value)
    if not isinstance(value, int | float | str):
        raise TypeError(f"it is a {type(value).__name__}, where a number or a word belongs")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"it is {value}, where a finite number belongs")
    return value
