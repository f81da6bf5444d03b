"""Reading and writing ``house_prices.csv``, and saying in one sentence why a file will not do."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np

from companion.data.table import Floats, Table
from companion.errors import CourseError
from companion.files import read_text, write_text


def write_csv(table: Table, path: Path | str) -> Path:
    """Write the table as the article's program reads it: a header, then inputs and target.

    Args:
        table: rows to write.
        path: the file; an older one is replaced in one step.

    Returns:
        The path.

    Raises:
        CourseError: a folder or a device stands there, or the system refuses.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*table.feature_names, table.target_name])
    rows = np.column_stack([table.X, table.y]).tolist()
    # Python prints the shortest decimal that reads back as the same number.
    writer.writerows([[_shortest(number) for number in row] for row in rows])
    write_text(Path(path), text.getvalue())
    return Path(path)


def read_csv(path: Path | str, *, num_features: int = 8) -> Table:
    """Read a table of numbers: a header, then ``num_features`` inputs and the target in each row.

    Args:
        path: a UTF-8 CSV file of at most 200 MB.
        num_features: number of input columns.

    Raises:
        CourseError: with the one thing that is wrong, where it is, and what was expected.
    """
    path = Path(path)
    names, values = read_numbers(
        path, num_features + 1, "make one with write_csv(house_prices(), 'house_prices.csv')"
    )
    constant = np.flatnonzero(np.ptp(values, axis=0) == 0)
    if len(constant):
        raise CourseError(
            f"The column {names[constant[0]]!r} of {path.name} has the same value in every row, "
            "so nothing can be learned from it; remove it or check the file."
        )
    return Table(X=values[:, :-1], y=values[:, -1], feature_names=names[:-1], target_name=names[-1])


def read_numbers(path: Path, width: int, mend: str) -> tuple[tuple[str, ...], Floats]:
    """Read a header and the finite numbers below it.

    Args:
        path: a UTF-8 CSV file.
        width: number of columns, the target among them.
        mend: what a reader can do when there is no such file.

    Returns:
        The names, and the numbers of shape ``(rows, width)``.

    Raises:
        CourseError: with the one thing that is wrong, and the line where an editor shows it.
    """
    lines = _lines(path, read_text(path, mend=mend))
    if not lines:
        raise CourseError(f"{path.name} is empty; it should hold a header and rows of numbers.")
    names = tuple(name.strip() for name in lines[0][1])
    if len(names) != width:
        raise CourseError(
            f"{path.name} should have {width} columns ({width - 1} inputs, then the price); "
            f"its header has {len(names)}."
        )
    if any(map(_is_number, names)) or len(set(names)) < width:
        raise CourseError(
            f"{path.name} should begin with a header, a different name for each column; it begins "
            f"with {','.join(names)[:60]!r}."
        )
    if len(lines) == 1:
        raise CourseError(f"{path.name} has a header but no rows; it should have at least two.")
    return names, np.array([_numbers(path, line, row, names) for line, row in lines[1:]])


def _lines(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank, each with the line of the file on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, line = [], 1
    try:
        for row in reader:
            if row:
                rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise CourseError(
            f"Line {line} of {path.name} cannot be read as CSV: {error}; look for a lone quote."
        ) from error
    return rows


def _numbers(path: Path, line: int, row: list[str], names: tuple[str, ...]) -> list[float]:
    if len(row) != len(names):
        raise CourseError(
            f"Line {line} of {path.name} has {len(row)} values; the header promises {len(names)}."
        )
    for text, name in zip(row, names, strict=True):
        if not _is_number(text) or not math.isfinite(float(text)):
            raise CourseError(
                f"Line {line} of {path.name} has {text[:40]!r} in the column {name!r}, where a "
                "finite number belongs; fill in or remove that row."
            )
    return [float(text) for text in row]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text  # Python's own spelling 1_000, which no other program reads


def _shortest(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)
