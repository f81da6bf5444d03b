"""Recorded numbers: one line each, refused when nobody could bind to them."""

from __future__ import annotations

import pytest

from companion.errors import CourseError
from companion.results import parse, record


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
    with pytest.raises(CourseError, match="lower-case words joined by dots"):
        record(name, 1.0)


@pytest.mark.parametrize("value", ["", "two\nlines"])
def test_bad_values(value: str) -> None:
    with pytest.raises(CourseError, match="print as one line"):
        record("ch05.name", value)
