"""Reading and writing ``house_prices.csv``, and saying in one sentence why a file will not do."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np

from companion.data.table import Floats, Table
from companion.errors import CourseError

LARGEST_FILE = 200 * 2**20


def write_csv(table: Table, path: Path | str) -> Path:
    """Write the table as the article's program reads it: a header, then inputs and target.

    Args:
        table: rows to write.
        path: the file; an older one is replaced in one step.

    Returns:
        The path.
    """
    path = Path(path)
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*table.feature_names, table.target_name])
        rows = np.column_stack([table.X, table.y]).tolist()
        # Python prints the shortest decimal that reads back as the same number.
        writer.writerows([[_shortest(number) for number in row] for row in rows])
    os.replace(temporary, path)
    return path


def read_csv(path: Path | str, *, num_features: int = 8) -> Table:
    """Read a table of numbers: a header, then ``num_features`` inputs and the target in each row.

    Args:
        path: a UTF-8 CSV file of at most 200 MB.
        num_features: number of input columns.

    Raises:
        CourseError: with the one thing that is wrong, where it is, and what was expected.
    """
    path = Path(path)
    header, lines = _rows_of_text(path)
    width = num_features + 1
    if len(header) != width:
        raise CourseError(
            f"{path.name} should have {width} columns ({num_features} inputs, then the price); "
            f"its header has {len(header)}."
        )
    if not lines:
        raise CourseError(f"{path.name} has a header but no rows; it should have at least two.")
    values = np.array([_numbers(path, i, row, header) for i, row in enumerate(lines, start=2)])
    _refuse_useless(path, values, header)
    names = tuple(name.strip() for name in header)
    return Table(X=values[:, :-1], y=values[:, -1], feature_names=names[:-1], target_name=names[-1])


def _rows_of_text(path: Path) -> tuple[list[str], list[list[str]]]:
    if path.is_dir():
        raise CourseError(f"{path.name} is a folder; name the CSV file inside it.")
    if not path.exists():
        raise CourseError(
            f"There is no file {path.name}; make one with "
            "write_csv(house_prices(), 'house_prices.csv')."
        )
    if path.stat().st_size > LARGEST_FILE:
        raise CourseError(
            f"{path.name} is larger than {LARGEST_FILE // 2**20} MB; cut it down to fewer rows."
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except UnicodeDecodeError as error:
        raise CourseError(
            f"{path.name} is not UTF-8 text (byte {error.start}); save it again as CSV UTF-8."
        ) from error
    except csv.Error as error:
        raise CourseError(f"{path.name} cannot be read as CSV: {error}.") from error
    if not rows:
        raise CourseError(f"{path.name} is empty; it should hold a header and rows of numbers.")
    return rows[0], rows[1:]


def _numbers(path: Path, line: int, row: list[str], header: list[str]) -> list[float]:
    if len(row) != len(header):
        raise CourseError(
            f"Line {line} of {path.name} has {len(row)} values; the header promises {len(header)}."
        )
    try:
        return [float(text) for text in row]
    except ValueError:
        column = next(i for i, text in enumerate(row) if not _is_number(text))
        raise CourseError(
            f"Line {line} of {path.name} has {row[column][:40]!r} in the column "
            f"{header[column]!r}, where a number belongs."
        ) from None


def _refuse_useless(path: Path, values: Floats, header: list[str]) -> None:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        line, column = bad[0]
        raise CourseError(
            f"Line {line + 2} of {path.name} has {values[line, column]} in the column "
            f"{header[column]!r}; fill in or remove that row."
        )
    constant = np.flatnonzero(np.ptp(values, axis=0) == 0)
    if len(constant):
        raise CourseError(
            f"The column {header[constant[0]]!r} of {path.name} has the same value in every row, "
            "so nothing can be learned from it; remove it or check the file."
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shortest(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)
