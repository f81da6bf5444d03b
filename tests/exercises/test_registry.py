"""Exercises are found by id from the notebook's folder, and nothing else is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from companion.errors import CourseError
from companion.exercises import check, registry
from companion.exercises.registry import Mistake, mistake


@pytest.mark.parametrize("folder", [".", "..", "exercises", "exercises/ch05"])
def test_every_folder_of_a_course_finds_its_files(
    course: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(folder)
    made = registry.get("ch05.double-again")
    assert made.path == course / "book" / "exercises" / "ch05" / "double_again.py"
    assert registry.ids() == ["ch05.double", "ch05.double-again"]
    assert check("ch05.double", lambda x: x + x).state == "pass"
    assert "not doubled" in check("ch05.double", lambda x: x).text


def test_a_file_is_loaded_once_and_again_when_it_changes(course: Path) -> None:
    before = registry.get("ch05.double")
    assert registry.get("ch05.double") is before
    text = before.path.read_text(encoding="utf-8")
    before.path.write_text(text.replace("not doubled", "wrong"), encoding="utf-8")
    later = before.path.stat().st_mtime + 2
    os.utime(before.path, (later, later))
    assert "is wrong" in check("ch05.double", lambda x: x).text


def test_a_file_leaves_no_module_of_its_name_behind(course: Path) -> None:
    modules = set(sys.modules)
    registry.get("ch05.double")
    assert set(sys.modules) == modules


@pytest.mark.parametrize("id", ["ch05.none", "ch05.double_again", "ch05.Double", "ch05.", "ch05"])
def test_an_unknown_exercise_names_those_of_its_chapter(course: Path, id: str) -> None:
    with pytest.raises(CourseError, match=r"ch05\.double, ch05\.double-again"):
        registry.get(id)


def test_an_unknown_chapter_names_the_chapters(course: Path) -> None:
    with pytest.raises(CourseError, match=r"chapters.* ch05\."):
        registry.get("ch99.none")


@pytest.mark.parametrize("id", ["ch05./../ch05/double", "../../ch05.double", "ch05.double\n", ""])
def test_what_is_no_id_becomes_no_path(course: Path, id: str) -> None:
    with pytest.raises(CourseError):
        registry.get(id)


def test_two_arguments_that_changed_places_are_one_sentence(course: Path) -> None:
    with pytest.raises(CourseError, match="no exercise"):
        check(len, "ch05.double")


def test_outside_a_course_the_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError) as caught:
        registry.get("ch05.double")
    assert str(tmp_path) in str(caught.value)


def test_a_mistake_keeps_words_and_answer() -> None:
    assert mistake("sign")(len) == Mistake("sign", len)
    assert mistake("one of")("left").answer == "left"
