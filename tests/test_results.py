"""Recorded numbers: one line each, refused when nobody could bind to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from companion.errors import CourseError
from companion.results import LOG, Recorded, record
from tools.recorded import parse, read_log


def test_what_is_printed_is_what_is_collected(capsys: pytest.CaptureFixture[str]) -> None:
    record("ch05.mlp.rmse", 0.39213, ".3f")
    record("ch05.rows", 20640, ",")
    printed = capsys.readouterr().out
    assert printed == "ch05.mlp.rmse = 0.392\nch05.rows = 20,640\n"
    assert parse("epoch 1: loss = 2\n" + printed) == {
        "ch05.mlp.rmse": "0.392",
        "ch05.rows": "20,640",
    }


@pytest.mark.parametrize("name", ["rmse", "Ch05.rmse", "ch05 rmse", "ch05..rmse", ""])
def test_bad_names(name: str) -> None:
    with pytest.raises(CourseError, match="joined by dots"):
        record(name, 1.0)


@pytest.mark.parametrize("value", ["", "two\nlines"])
def test_bad_values(value: str) -> None:
    with pytest.raises(CourseError, match="one line"):
        record("ch05.name", value)


def test_a_unit_may_stand_behind_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    record("ch05.share", 41.7, "{:.0f} %")
    assert capsys.readouterr().out == "ch05.share = 42 %\n"


def test_all_digits_go_to_the_log_and_repeats_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOG, str(tmp_path / "log"))
    record("ch05.rmse", 0.39213, ".2f", over=[0.391, 0.394])
    record("ch05.side", "north")
    assert read_log(tmp_path / "log") == [
        Recorded("ch05.rmse", 0.39213, ".2f", 0, (0.391, 0.394)),
        Recorded("ch05.side", "north", ""),
    ]
    assert read_log(tmp_path / "none") == []


def test_a_digit_that_moves_over_the_repeats_is_refused() -> None:
    with pytest.raises(CourseError, match=r"0\.40"):
        record("ch05.rmse", 0.39213, ".2f", over=[0.391, 0.396])


def test_the_nearest_multiple_is_printed_and_all_digits_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(LOG, str(tmp_path / "log"))
    record("ch05.mae", 43.97, ".0f", step=5, over=iter([43.6, 44.8]))
    assert capsys.readouterr().out == "ch05.mae = 45\n"
    assert read_log(tmp_path / "log")[0].over == (43.6, 44.8)


@pytest.mark.parametrize(
    ("value", "fmt", "text"),
    [(np.int64(20640), ",", "20,640"), (np.float32(0.5), ".1f", "0.5"), (np.True_, "", "True")],
)
def test_numbers_of_other_libraries(
    value: Any, fmt: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    record("ch05.name", value, fmt, over=[value])
    assert capsys.readouterr().out == f"ch05.name = {text}\n"


@pytest.mark.parametrize(
    ("value", "fmt"), [(float("nan"), ".1f"), (1.0, "zz"), ("north", ".2f"), (None, ""), (1.5, "d")]
)
def test_what_does_not_fit_the_format_is_refused_in_a_sentence(value: Any, fmt: str) -> None:
    with pytest.raises(CourseError, match=r"ch05\.name"):
        record("ch05.name", value, fmt)
