"""Numbers that prose may use.

A notebook calls :func:`record`; the line it prints is stored in the notebook's output, compared by
nbval at each run, and collected into ``book/results.json`` by ``make refresh``. Prose shows a
number as ``<span data-result="ch05.rmse">0.392</span>``. So a number on a page, the file and a
run can only agree, or a test is red.
"""

from __future__ import annotations

import re

from companion.errors import CourseError

NAME = re.compile(r"^[a-z0-9]+(?:[._-][a-z0-9]+)+$")
LINE = re.compile(r"^([a-z0-9]+(?:[._-][a-z0-9]+)+) = (\S.*)$", re.MULTILINE)


def record(name: str, value: float | int | str, fmt: str = "") -> None:
    """Print ``name = value``, the form that ``make refresh`` collects.

    Args:
        name: dotted lower-case name that begins with the chapter, such as ``ch05.mlp.rmse``.
        value: the number (or word) as measured.
        fmt: format specification for the number, such as ``.3f`` or ``,.0f``; choose few enough
            digits that another computer prints the same.

    Raises:
        CourseError: the name is not of that form, or the value formats to nothing.
    """
    if not NAME.match(name):
        raise CourseError(
            f"The result name {name!r} should be lower-case words joined by dots, "
            "such as 'ch05.mlp.rmse'."
        )
    text = format(value, fmt).strip()
    if not text or "\n" in text:
        raise CourseError(f"The value of {name!r} should print as one line; it prints as {text!r}.")
    print(f"{name} = {text}")


def parse(text: str) -> dict[str, str]:
    """Return the recorded values in a cell's printed text, by name."""
    return dict(LINE.findall(text))
