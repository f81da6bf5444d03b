"""Reading and writing ``house_prices.csv``, and saying in one sentence why a file will not do."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np

from companion.data.table import FEATURES, Table
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
    writer.writerows([[repr(number).removesuffix(".0") for number in row] for row in rows])
    write_text(Path(path), text.getvalue())
    return Path(path)


def read_csv(path: Path | str) -> Table:
    """Read a table of numbers: a header, then eight inputs and the target in each row.

    Args:
        path: a UTF-8 CSV file of at most 200 MB.

    Raises:
        CourseError: with the one thing that is wrong, where it is, and what was expected.
    """
    path = Path(path)
    text = read_text(path, mend="make one with write_csv(house_prices(), 'house_prices.csv')")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        # Each row with its line in an editor; blank lines are no rows.
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise CourseError(
            f"{path.name} cannot be read as CSV ({error}); look for a lone quote."
        ) from error
    if len(rows) < 2:
        raise CourseError(f"{path.name} should hold a header and rows of numbers; it is empty.")
    names = _names(path, rows[0][1])
    values = np.array([_numbers(path, line, row, names) for line, row in rows[1:]])
    constant = np.flatnonzero(np.ptp(values, axis=0) == 0)
    if len(constant):
        raise CourseError(
            f"The column {names[constant[0]]!r} of {path.name} has the same value in every row, "
            "so nothing can be learned from it; remove it or check the file."
        )
    return Table(X=values[:, :-1], y=values[:, -1], feature_names=names[:-1], target_name=names[-1])


def _names(path: Path, header: list[str]) -> tuple[str, ...]:
    names = tuple(name.strip() for name in header)
    if len(names) != len(FEATURES) + 1:
        raise CourseError(
            f"{path.name} should have {len(FEATURES) + 1} columns ({len(FEATURES)} inputs, then "
            f"the price); its header has {len(names)}."
        )
    if any(math.isfinite(_number(name)) for name in names) or len(set(names)) < len(names):
        raise CourseError(
            f"{path.name} should begin with a header, a different name for each column; it begins "
            f"with {','.join(names)[:60]!r}."
        )
    return names


def _numbers(path: Path, line: int, row: list[str], names: tuple[str, ...]) -> list[float]:
    if len(row) != len(names):
        raise CourseError(
            f"Line {line} of {path.name} has {len(row)} values; the header promises {len(names)}."
        )
    numbers = [_number(text) for text in row]
    for text, number, name in zip(row, numbers, names, strict=True):
        if not math.isfinite(number):
            raise CourseError(
                f"Line {line} of {path.name} has {text[:40]!r} in the column {name!r}, where a "
                "finite number belongs; fill in or remove that row."
            )
    return numbers


def _number(text: str) -> float:
    try:
        # Python alone reads 1_000 as a number.
        return math.nan if "_" in text else float(text)
    except ValueError:
        return math.nan
