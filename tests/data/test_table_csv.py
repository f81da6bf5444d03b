"""The reader of CSV files refuses each kind of broken file with its own sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from companion.data import house_prices, read_csv, write_csv
from companion.errors import CourseError

HEADER = ",".join([*"abcdefgh", "price"])
ROW = "1,2,3,4,5,6,7,8,9"
OTHER = "2,3,4,5,6,7,8,9,10"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "houses.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_round_trip_is_exact(tmp_path: Path) -> None:
    table = house_prices(200)
    again = read_csv(write_csv(table, tmp_path / "house_prices.csv"))
    np.testing.assert_array_equal(again.X, table.X)
    np.testing.assert_array_equal(again.y, table.y)
    assert again.feature_names == table.feature_names
    assert [p.name for p in tmp_path.iterdir()] == ["house_prices.csv"]


def test_the_articles_own_way_of_reading_sees_the_same(tmp_path: Path) -> None:
    table = house_prices(200)
    data = pd.read_csv(write_csv(table, tmp_path / "house_prices.csv"))
    np.testing.assert_array_equal(data.iloc[:, :8].values, table.X)
    np.testing.assert_array_equal(data.iloc[:, 8].values, table.y)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (HEADER + "\n", "rows of numbers; it is empty"),
        ("a,b\n1,2\n", "should have 9 columns .* has 2"),
        (f"{HEADER}\n{ROW}\n1,2\n", "Line 3 .* has 2 values"),
        (f"{HEADER}\n{ROW}\n1,2,3,4,dear,6,7,8,9\n", "Line 3 .* 'dear' in the column 'e'"),
        (f"{HEADER}\n{ROW}\n1,2,,4,5,6,7,8,9\n", "Line 3 .* '' in the column 'c'"),
        (f"{HEADER}\n{ROW}\n1,2,nan,4,5,6,7,8,9\n", "Line 3 .* 'nan' in the column 'c'"),
        (f"{HEADER}\n{ROW}\n1,2,3,4,5,6,7,8,inf\n", "Line 3 .* 'inf' in the column 'price'"),
        (f"{HEADER}\n{ROW}\n1_0,2,3,4,5,6,7,8,9\n", "Line 3 .* '1_0' in the column 'a'"),
        (f"{ROW}\n{OTHER}\n", "a header"),
        (f"{HEADER.replace('b', 'a')}\n{ROW}\n{OTHER}\n", "a different name"),
        (f'{HEADER}\n{ROW}\n"1,2,3\n{OTHER}\n', "as CSV .* quote"),
        (f"{HEADER}\n{ROW}\n2,2,4,5,6,7,8,9,10\n", "column 'b' .* same value in every row"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16"), "not UTF-8"),
        (f"{HEADER}\n{ROW}\n\xe9".encode("latin-1"), "not UTF-8"),
    ],
)
def test_broken_content(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        read_csv(write(tmp_path, content))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="write_csv"):
        read_csv(tmp_path / "houses.csv")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("wrong", ["1,2,3,4,dear,6,7,8,9", "1,2,3,4,5,6,7,8,nan", "1,2"])
def test_lines_are_those_of_an_editor(tmp_path: Path, wrong: str, end: str) -> None:
    blank = ["", HEADER, "", "", ROW, "", wrong, ROW]
    for lines in ([HEADER, ROW, wrong], blank, ['"a', HEADER[:1] + '"' + HEADER[1:], ROW, wrong]):
        with pytest.raises(CourseError, match=rf"Line {lines.index(wrong) + 1}\b"):
            read_csv(write(tmp_path, end.join(lines)))


def test_a_good_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, f"\ufeff{HEADER}\n{ROW}\n\n{OTHER}\n"))
    assert table.feature_names[0] == "a"
    np.testing.assert_array_equal(table.y, [9, 10])
