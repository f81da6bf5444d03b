"""What a reader calls, with answers of every kind; none breaks the page or the state."""

from __future__ import annotations

import html
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from companion.errors import CourseError
from companion.exercises import check, limits, progress, reset, results, state

ROOT = Path(__file__).resolve().parents[2]
ID = "ch05.standardise"


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "progress.json"
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    return path


def right(train: Any, other: Any) -> Any:
    mean, std = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / std, (other - mean) / std


def edits_its_input(train: Any, other: Any) -> Any:
    train -= train.mean(axis=0)
    return right(train, other)


def calls_check(train: Any, other: Any) -> Any:
    return check(ID, right)


def never_ends(train: Any, other: Any) -> Any:
    while True:
        pass


def leaves(train: Any, other: Any) -> Any:
    sys.exit(0)


def leaves_by_its_own_door(train: Any, other: Any) -> Any:
    raise type("Door", (BaseException,), {})


def interrupts(train: Any, other: Any) -> Any:
    raise KeyboardInterrupt


def deep(train: Any, other: Any) -> Any:
    return deep(train, other)


def stops(train: Any, other: Any) -> Any:
    return train[10**9]


class Hostile:
    """An object whose every use raises."""

    def __call__(self, *_: object) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("no")

    def __array__(self, *_: object, **__: object) -> Any:
        raise RuntimeError("no array")

    def __repr__(self) -> str:
        raise RuntimeError("no text")


HOSTILE: dict[str, Any] = {
    "text": "forty-two",
    "number": 3.5,
    "nan": float("nan"),
    "class": dict,
    "wrong arity": lambda: None,
    "none": lambda a, b: None,
    "nans": lambda a, b: (a * np.nan, b * np.nan),
    "infinities": lambda a, b: (a + np.inf, b),
    "huge": lambda a, b: (np.zeros((20_000, 2_000), np.int8), b),
    "too huge": lambda a, b: (np.ones((2**20, 2**20)), b),
    "ragged": lambda a, b: ([[1], [1, 2]], b),
    "objects": lambda a, b: (np.array([object()]), b),
    "generator": lambda a, b: (x for x in (a, b)),
    "hostile": Hostile(),
    "edits": edits_its_input,
    "calls check": calls_check,
    "endless": never_ends,
    "exit": leaves,
    "door": leaves_by_its_own_door,
    "recursion": deep,
    "index": stops,
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_answer_breaks_the_page_or_the_state(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.5)
    result = check(ID, answer)
    assert result.state in ("wrong", "error")
    assert result.text
    assert repr(result)
    assert check(ID, right).state == "pass"
    records, said = state.load()
    assert said == ""
    assert records[ID].passed


def test_a_right_answer_is_remembered_and_a_stub_is_not(file: Path) -> None:
    assert check(ID, ...).state == "todo"
    assert check(ID, lambda a, b: ...).state == "todo"
    assert not file.exists()
    assert repr(check(ID, right)) == "Pass: Scale without peeking\nRight."
    assert state.load()[0][ID].tries == 1


def test_an_answer_that_edits_its_input_is_told_so() -> None:
    assert "in place" in check(ID, edits_its_input).text


def test_an_endless_answer_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.2)
    assert "does not end" in check(ID, never_ends).text


def test_an_answer_that_stops_shows_the_readers_own_line() -> None:
    text = check(ID, stops).text
    assert "in stops" in text
    assert "IndexError" in text
    assert "companion" not in text
    assert "judge" not in text


def test_an_unknown_exercise_is_not_forgotten_in_silence() -> None:
    with pytest.raises(CourseError, match=r"chapters.* ch01, ch02"):
        reset("ch99.nothing")


def test_progress_counts_and_proposes_after_a_while() -> None:
    check(ID, right)
    check("ch05.linear", 5)
    words = {row[0]: row[-1] for row in progress().rows}
    assert (words[ID], words["ch05.linear"], words["ch05.parameters"]) == ("done", "begun", "open")
    later = progress(date(2100, 1, 1))
    assert f"Worth another try today: {ID}" in later.note
    assert f"1 of {len(later.rows)} done" in later.note
    assert "Forgotten: ch05.standardise" in reset(ID).text
    assert {row[0]: row[-1] for row in progress().rows}[ID] == "open"


def test_progress_proposes_questions_of_quizzes_on_the_same_days() -> None:
    state.note("ch05-q2", True, date(2026, 11, 1))
    state.note("ch05-q3", False, date(2026, 11, 1))
    assert "another try" not in progress(date(2026, 11, 1)).note
    assert "Worth another try today: ch05-q2." in progress(date(2026, 11, 2)).note


def test_the_stop_button_stops_and_is_no_try(file: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        check(ID, interrupts)
    assert not file.exists()
    assert check(ID, right).state == "pass"


def test_progress_says_when_the_file_is_not_ours(file: Path) -> None:
    file.write_text("{", encoding="utf-8")
    assert str(file) in progress().note


def test_what_passed_in_a_notebook_shows_at_the_top_of_the_course(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSE_PROGRESS")
    check("ch05.double", lambda x: 2 * x)
    monkeypatch.chdir(course)
    assert "1 of 1 done" in progress().note


def test_the_terminal_prints_the_same_table() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "companion.exercises"], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == repr(progress())


def test_the_columns_of_the_table_stand_below_their_names() -> None:
    table = results.ProgressTable((("ch01.bits", "A longer title", "2", "10", "done"),), "note")
    head, row = repr(table).splitlines()[1:3]
    assert [row[head.index(name) :].split("  ")[0] for name in results.COLUMNS] == [*table.rows[0]]
    with pytest.raises(ValueError, match="shorter"):
        repr(results.ProgressTable((("ch01.bits", "too few words"),), ""))


def test_the_terminal_says_in_one_sentence_that_no_course_is_here(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "companion.exercises"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert (run.returncode, run.stdout) == (1, "")
    assert len(run.stderr.splitlines()) == 1


def test_html_says_what_the_text_says_and_escapes_it() -> None:
    attack: Callable[..., Any] = lambda a, b: {}["<script>alert(1)</script>"]  # noqa: E731
    result = check(ID, attack)
    shown = result._repr_html_()
    assert "<script>" not in shown
    assert html.escape("<script>", quote=False) in shown
    assert 'role="status"' in shown
    table = progress()
    assert all(f"<td>{row[0]}</td>" in table._repr_html_() for row in table.rows)
    assert '<th scope="col">' in table._repr_html_()
