"""The progress line: shown where someone looks, and gone when the work ends."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from companion.progress import watched


@pytest.fixture(autouse=True)
def _watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)


@pytest.mark.parametrize("where", ["terminal", "JupyterLab"])
def test_a_line_is_shown_and_cleared(
    where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if where == "terminal":
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    else:
        monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace())
    with watched(range(4)) as line:
        for step in line:
            line.set_postfix_str(f"loss {step}")
    shown = capsys.readouterr()
    assert "0/4" in shown.err
    assert "loss 3" in shown.err
    assert shown.err.endswith("\r")
    assert shown.err.split("\r")[-2].strip() == shown.out == ""


@pytest.mark.parametrize("how", ["quiet", "not wanted", "no terminal"])
def test_elsewhere_it_shows_nothing(
    how: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: how != "no terminal")
    if how == "quiet":
        monkeypatch.setenv("COURSE_QUIET", "1")
    with watched(range(4), show=how != "not wanted") as line:
        assert list(line) == [0, 1, 2, 3]
        line.set_postfix_str("loss 0.5")
    assert capsys.readouterr() == ("", "")
