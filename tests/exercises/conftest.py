"""A small course of its own: two exercises in files, the words of one on a page."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

DOUBLE = dedent("""
    from companion.exercises import Wrong
    from companion.exercises.compare import called

    def double(x):
        return 2 * x

    def judge(answer):
        if called(answer, 3) != 6:
            raise Wrong("Three is not doubled.")
""")


def statement(**changes: Any) -> dict[str, Any]:
    words = {"id": "ch05.double", "part": "statement", "title": "Twice", "level": 1, "minutes": 4}
    return {"metadata": {"exercise": words | changes}}


def write_page(course: Path, *cells: dict[str, Any], name: str = "05-page") -> Path:
    path = course / "book" / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the top folder of a course whose ``book`` is the working directory."""
    (tmp_path / "_toc.yml").touch()
    for id in ("ch05.double", "ch05.double-again"):
        chapter, name = id.replace("-", "_").split(".")
        path = tmp_path / "book" / "exercises" / chapter / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DOUBLE, encoding="utf-8")
    write_page(tmp_path, {"metadata": {}}, statement())
    monkeypatch.chdir(tmp_path / "book")
    monkeypatch.setenv("COURSE_PROGRESS", "kept.json")
    return tmp_path
