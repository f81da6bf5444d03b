"""Progress: written in one step, never lost, never fatal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from companion.exercises import state

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
    for days in (1, 3, 7, 21, 60, 60):
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
        '{"version": 1, "exercises": {"a": {}, "a": {}}}',
        "Dear diary",
        "[" * 100_000,
        "\udcff",
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_a_file_that_is_not_ours_stays_as_it_is_and_is_named(file: Path, text: str) -> None:
    file.parent.mkdir()
    content = text.encode(errors="surrogateescape")
    file.write_bytes(content)
    for said in (state.load()[1], state.note("ch05.linear", True, TODAY), state.forget(None)):
        assert str(file) in said
        assert "\n" not in said
    assert file.read_bytes() == content
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_a_folder_or_a_device_stays_as_it_is(file: Path, make: Callable[[Path], None]) -> None:
    file.parent.mkdir()
    make(file)
    before = file.stat()
    assert str(file) in state.note("ch05.linear", True, TODAY)
    assert (file.stat().st_ino, file.stat().st_mode) == (before.st_ino, before.st_mode)
    assert list(file.parent.iterdir()) == [file]


def test_a_link_stays_and_its_target_has_the_news(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "elsewhere" / "link.json"
    link.parent.mkdir()
    link.symlink_to(file)
    monkeypatch.setenv("COURSE_PROGRESS", str(link))
    for id in ("ch04.layer", "ch05.linear"):
        assert state.note(id, True, TODAY) == ""
    assert link.is_symlink()
    assert len(json.loads(file.read_text(encoding="utf-8"))["exercises"]) == 2
    assert [path.name for path in link.parent.iterdir()] == [link.name]  # its lock is the target's


def test_every_folder_of_a_course_has_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSE_PROGRESS")
    book = tmp_path / "a course é" / "book"
    (book / "figures").mkdir(parents=True)
    (book.parent / "_toc.yml").touch()
    for folder in (book.parent, book, book / "figures"):
        monkeypatch.chdir(folder)
        assert state.path() == book / ".course" / "progress.json"
    monkeypatch.chdir(tmp_path)  # no course here or above
    assert state.path() == tmp_path / ".course" / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", "kept.json")
    for folder in (book, book.parent):
        monkeypatch.chdir(folder)
        assert state.path() == book.parent / "kept.json"


def test_a_home_folder_is_looked_up_and_an_unknown_one_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("COURSE_PROGRESS", "~/kept.json")
    assert state.path() == tmp_path / "me" / "kept.json"
    monkeypatch.setenv("COURSE_PROGRESS", "~nobody-of-this-name/kept.json")
    for said in (state.load()[1], state.note("ch05.linear", True, TODAY)):
        assert "~nobody-of-this-name" in said
    assert list(tmp_path.iterdir()) == []


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


def test_a_killed_process_leaves_no_lock(file: Path) -> None:
    program = (
        "import sys, time; from filelock import FileLock\n"
        "with FileLock(sys.argv[1]):\n    print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, f"{file}.lock"], stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline().strip() == b"held"
        holder.kill()
        holder.wait()
    assert state.note("ch05.linear", True, TODAY) == ""


def test_a_lock_held_too_long_is_one_sentence(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "WAIT_SECONDS", 0.05)
    with FileLock(f"{file}.lock"):
        said = state.note("ch05.linear", True, TODAY)
    assert "the check itself stands" in said
    assert "lock" in said
