"""Progress: written in one step, never lost, never fatal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from companion.exercises import locks, state

TODAY = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "kept" / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    return path


def test_what_is_noted_is_read_back(file: Path) -> None:
    assert state.load() == ({}, "")
    assert state.note("ch05.linear", False, TODAY) == ""
    assert state.note("ch05.linear", True, TODAY) == ""
    records, said = state.load()
    assert said == ""
    assert records == {"ch05.linear": state.Record(True, 2, "2026-03-01", 0)}
    assert not list(file.parent.glob("*.part"))


def test_review_days_grow_and_an_early_repeat_does_not_move_them() -> None:
    record = state.Record().after(True, TODAY)
    day = TODAY
    for days in (*state.INTERVALS, state.INTERVALS[-1]):
        assert record.due() == day + timedelta(days=days)
        early = record.after(True, day + timedelta(days=days - 1))
        assert early.due() == record.due()
        assert record.after(False, day).due() == record.due()
        day += timedelta(days=days)
        record = record.after(True, day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"version": 2, "exercises": {}}',
        '{"version": 1}',
        '{"version": 1, "exercises": []}',
        '{"version": 1, "exercises": {"a": 1}}',
        '{"version": 1, "exercises": {"a": {"passed": 1, "tries": 0, "last": "", "reviews": 0}}}',
        '{"version": 1, "exercises": {"a": {"passed": true, "tries": 1, "last": "soon"}}}',
        '{"version": 1, "exercises": {"a": {"tries": -1}}}',
        '{"version": 1, "exercises": {"a": {"unknown": 1}}}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:40],
)
def test_a_damaged_file_is_set_aside_and_kept(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    said = state.note("ch05.linear", True, TODAY)
    assert "kept as progress.damaged-1.json" in said
    assert (file.parent / "progress.damaged-1.json").read_text(encoding="utf-8") == text
    assert list(state.load()[0]) == ["ch05.linear"]


def test_bytes_that_are_no_text_and_a_folder_are_set_aside_too(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00")
    assert "damaged-1" in state.load()[1]
    file.mkdir()
    assert "damaged-2" in state.load()[1]
    assert (file.parent / "progress.damaged-2.json").is_dir()


def test_a_failed_write_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state.note("ch05.linear", True, TODAY)
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert "No space left" in state.note("ch05.rmse", True, TODAY)
    assert "No space left" in state.forget(None)
    assert file.read_bytes() == before
    assert not list(file.parent.glob("*.part"))


def test_forget_one_and_all() -> None:
    for id in ("ch04.layer", "ch05.linear"):
        state.note(id, True, TODAY)
    assert state.forget("ch04.layer") == ""
    assert list(state.load()[0]) == ["ch05.linear"]
    state.forget(None)
    assert state.load() == ({}, "")


def test_two_processes_lose_nothing(file: Path) -> None:
    program = (
        "import sys, datetime; from companion.exercises import state\n"
        "for i in range(40): state.note(f'{sys.argv[1]}.n{i}', True, datetime.date(2026, 3, 1))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, name], env=os.environ.copy())
        for name in ("ch04", "ch05")
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(json.loads(file.read_text(encoding="utf-8"))["exercises"]) == 80


def test_the_lock_of_a_killed_process_is_free(file: Path) -> None:
    lock = file.parent / "held.lock"
    program = (
        "import sys, time; from pathlib import Path; from companion.exercises.locks import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(lock)], stdout=subprocess.PIPE, env=os.environ.copy()
    )
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline().strip() == b"held"
        holder.kill()
        holder.wait()
    with locks.locked(lock):
        assert lock.exists()


def test_a_lock_held_too_long_is_one_sentence(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.05)
    with locks.locked(file.with_name("progress.json.lock")):
        said = state.note("ch05.linear", True, TODAY)
    assert "another program holds it" in said
    assert "the check itself stands" in said
