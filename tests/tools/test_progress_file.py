"""Records of a browser and of the notebooks come together; what is no such file changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from companion.errors import CourseError
from companion.exercises import state
from companion.exercises.state import Record
from tools import __main__ as cli
from tools.progress import add

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "own.json"))
    return tmp_path / "own.json"


def other(folder: Path, monkeypatch: pytest.MonkeyPatch, *tries: tuple[str, bool]) -> Path:
    """Write another file by the same rule, and come back to the own one."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("COURSE_PROGRESS", str(folder / "progress.json"))
        for id, passed in tries:
            state.note(id, passed, date(2026, 11, 20))
    return folder / "progress.json"


def test_the_record_with_more_behind_it_is_kept(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for id, passed in (("ch05-q1", False), ("ch05-q2", True), ("ch05.linear", True)):
        state.note(id, passed, date(2026, 11, 21))
    saved = other(tmp_path, monkeypatch, ("ch05-q1", True), ("ch05-q2", False), ("ch05-q3", True))
    assert add(saved) == "Added: 3 exercises and questions of progress.json."
    found = state.read(own)
    assert found["ch05-q1"] == Record(True, 1, "2026-11-20", 0)
    assert found["ch05-q2"] == found["ch05.linear"] == Record(True, 1, "2026-11-21", 0)
    assert found["ch05-q3"].passed
    before = own.read_bytes()
    add(saved)
    assert own.read_bytes() == before


def test_a_missing_or_strange_file_is_refused_and_nothing_changes(
    tmp_path: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state.note("ch05-q1", True, date(2026, 11, 20))
    before = own.read_bytes()
    with pytest.raises(CourseError, match="There is no file"):
        add(tmp_path / "none.json")
    (tmp_path / "strange.json").write_text('{"version": 2}', encoding="utf-8")
    assert cli.main(["progress", str(tmp_path / "strange.json")]) == 1
    assert "is not what this course writes" in capsys.readouterr().err
    assert own.read_bytes() == before


def test_the_command_adds_and_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = other(tmp_path, monkeypatch, ("ch05-q1", True))
    assert cli.main(["progress", str(saved)]) == 0
    said = capsys.readouterr().out
    assert "Added: 1 exercises" in said
    assert "ch05.possible-log" in said
