"""Refreshing: what is current stays as it is, byte for byte; what is not is rewritten."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from companion.errors import CourseError
from tools import notebooks, refresh

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path("book/08-trends.ipynb")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the book, in which the commands run."""
    shutil.copytree(ROOT / "book", tmp_path / "book")
    for name in ("_toc.yml", "_config.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def differing(course: Path) -> list[str]:
    files = [p for p in (ROOT / "book").rglob("*") if p.is_file() and ".course" not in p.parts]
    files = [p for p in files if not {".ipynb_checkpoints", "__pycache__"} & set(p.parts)]
    return [p.name for p in files if p.read_bytes() != (course / p.relative_to(ROOT)).read_bytes()]


def test_running_a_page_again_changes_nothing(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = notebooks.execute

    def takes_a_moment(nb: Any, folder: Path, recorded: Any) -> float:
        execute(nb, folder, recorded)
        return 20.0  # whatever this machine is busy with

    monkeypatch.setattr(notebooks, "execute", takes_a_moment)
    refresh.refresh([PAGE])
    assert differing(course) == []


def test_what_is_out_of_date_is_rewritten(course: Path) -> None:
    nb = notebooks.read(PAGE)
    claim = next(c for c in nb.cells if "<!-- claim:" in c.source)
    claim.source = claim.source.replace("*The article says:*", "*Surely:*")
    notebooks.write(PAGE, nb)
    page = Path("book/08f-fairness.ipynb")
    nb = notebooks.read(page)
    parts = {c.metadata["exercise"]["part"]: c for c in nb.cells if "exercise" in c.metadata}
    parts["help"].source = parts["help"].source.replace("```python\n", "```python\nolder\n")
    parts["statement"].metadata["exercise"]["title"] = "An older title"
    notebooks.write(page, nb)
    for name, old, new in (
        ("index.md", "<!-- generated:chapters -->", "<!-- generated:chapters -->\nstale"),
        ("verdicts.md", ">true but incomplete<", ">holds<"),
        ("results.json", '"value": "', '"value": "9'),
    ):
        path = course / "book" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    refresh.refresh(run=False)
    assert differing(course) == []


def test_a_result_of_a_page_that_is_gone_goes_too(course: Path) -> None:
    measured = {
        "ch99.minutes": {"value": "1", "page": "99-gone"},
        "ch08.minutes": {"value": "0.5", "page": PAGE.stem},
    }
    refresh._prune(measured)
    assert set(measured) == {"ch08.minutes"}


def test_a_name_of_another_chapter_is_refused(course: Path) -> None:
    shutil.copy("book/08f-fairness.ipynb", PAGE)
    with pytest.raises(CourseError, match="names there begin with its chapter"):
        refresh.refresh(run=False)


@pytest.mark.parametrize(
    ("stated", "seconds", "minutes"),
    [
        (None, 3, "0.5"),
        (None, 31, "1"),
        ("1", 40, "1"),
        ("1", 30, "0.5"),
        ("1", 89, "1"),
        ("1", 20, "0.5"),
        ("1", 95, "2"),
        ("0.5", 3, "0.5"),
    ],
)
def test_minutes_are_halves_and_stay_while_near_enough(
    stated: str | None, seconds: float, minutes: str
) -> None:
    measured = {} if stated is None else {"ch08.minutes": {"value": stated, "page": "08-trends"}}
    refresh._note_minutes(measured, "08-trends", seconds)
    assert measured["ch08.minutes"] == {"value": minutes, "page": "08-trends"}
