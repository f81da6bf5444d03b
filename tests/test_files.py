"""One reader for every text file, one writer: each refusal is a sentence that names the path."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from companion import files
from companion.errors import CourseError
from companion.files import LFS_POINTER, read_json, read_text, write_text


def refused(path: Path) -> str:
    with pytest.raises(CourseError) as caught:
        read_text(path)
    said = str(caught.value)
    assert path.name in said
    assert "\n" not in said
    return said


def test_a_byte_order_mark_goes_and_line_ends_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthr\xc3\xa9e\n")
    assert read_text(path) == "one\r\ntwo\rthrée\n"


@pytest.mark.parametrize(
    ("content", "cause"),
    [(LFS_POINTER + b"v1\noid sha256:0\nsize 5\n", "git lfs pull"), (b"ab\xff", "byte 2")],
)
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes, cause: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    assert cause in refused(path)


def test_a_missing_file_names_the_folder_looked_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path) in refused(Path("none.txt"))
    (tmp_path / "file").touch()
    refused(tmp_path / "file" / "none.txt")


def test_folders_devices_circles_and_large_files_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "circle").symlink_to("circle")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"123")
    monkeypatch.setattr(files, "LARGEST_FILE", 2)
    for path in (tmp_path, Path("/dev/zero"), *tmp_path.iterdir()):
        refused(path)


def test_what_the_system_refuses_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.txt").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "Permission denied" in refused(tmp_path / "a.txt")


def test_json_is_read_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": [1, -2.5, null, true], "b": {"a": 1e-5}}')
    found: Any = read_json(path)
    assert found == {"a": [1, -2.5, None, True], "b": {"a": 1e-5}}
    assert type(found["a"][0]) is int


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "'c' twice"),
        ('{"a": Infinity}', "Infinity"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -1e999}', "-1e999"),
        ('{"a": 1' + "0" * 5000 + "}", "finite"),
        ('{"a": 1', "line 1"),
        ("", "line 1"),
        ("[" * 100_000, "whole|deeply"),
    ],
    ids=lambda text: text[:20],
)
def test_json_that_would_be_taken_in_silence_is_refused(
    tmp_path: Path, text: str, cause: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=cause) as caught:
        read_json(path)
    assert path.name in str(caught.value)


def test_a_link_stays_a_link_and_its_target_has_the_news(tmp_path: Path) -> None:
    (tmp_path / "synced").mkdir()
    link = tmp_path / "a.txt"
    link.symlink_to("synced/b.txt")
    for text in ("first\n", "second\r\n"):
        write_text(link, text)
        assert (tmp_path / "synced/b.txt").read_bytes() == text.encode()
    assert link.is_symlink()
    assert [path.name for path in (tmp_path / "synced").iterdir()] == ["b.txt"]


def test_rights_of_the_old_file_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch(0o600)
    write_text(path, "news")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "null").symlink_to("/dev/null")
    (tmp_path / "circle").symlink_to("circle")
    for name in ("folder", "null", "circle", "none/a.txt"):
        with pytest.raises(CourseError, match=name):
            write_text(tmp_path / name, "news")
    assert (tmp_path / "folder").is_dir()
    assert Path("/dev/null").is_char_device()


def test_a_failed_write_leaves_the_old_file_and_no_debris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.txt"
    write_text(path, "old")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CourseError, match="No space left"):
        write_text(path, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "old")]
