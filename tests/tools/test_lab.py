"""Where ``make lab`` opens: at the page in front when JupyterLab was last used here."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tools.lab import LANDING, TABS, last_read


def note(folder: Path, name: str, text: str, age: float = 0) -> None:
    (folder / TABS).mkdir(parents=True, exist_ok=True)
    path = folder / TABS / f"{name}.jupyterlab-workspace"
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1e9 - age, 1e9 - age))


def tabs(front: str) -> str:
    return json.dumps({"data": {"layout-restorer:data": {"main": {"current": front}}}})


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "book").mkdir()
    for name in ("04-mathematics", "05-house-prices"):
        (tmp_path / "book" / f"{name}.ipynb").touch()
    return tmp_path


def test_the_newest_note_that_names_a_page_counts(course: Path) -> None:
    assert last_read(course) == LANDING
    note(course, "default", tabs("notebook:book/04-mathematics.ipynb"), age=9)
    note(course, "auto-a", tabs("notebook:book/05-house-prices.ipynb"), age=5)
    note(course, "auto-b", tabs("markdownviewer-widget:book/index.md"))
    assert last_read(course) == "book/05-house-prices.ipynb"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"data": {}}', tabs("notebook:book/gone.ipynb"), tabs("notebook:")]
)
def test_what_cannot_be_opened_is_the_landing_page(course: Path, text: str) -> None:
    note(course, "default", text)
    assert last_read(course) == LANDING
