"""The progress line: shown where someone looks, and gone when the work ends."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import IPython
import IPython.display
import pytest

from companion.training.progress import Progress


@pytest.fixture(autouse=True)
def _watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)


def test_a_terminal_shows_a_line_and_clears_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress(4) as progress:
        progress.update(1, "loss 0.5")
        shown = capsys.readouterr().err
        assert shown.startswith(f"\r[{'=' * 7}{' ' * 23}] 1/4 loss 0.5")
    assert capsys.readouterr().err == f"\r{' ' * 78}\r"


@pytest.mark.parametrize("how", ["quiet", "not wanted", "no terminal"])
def test_elsewhere_it_shows_nothing(
    how: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: how != "no terminal")
    if how == "quiet":
        monkeypatch.setenv("COURSE_QUIET", "1")
    with Progress(4, show=how != "not wanted") as progress:
        progress.update(1, "loss 0.5")
    assert capsys.readouterr() == ("", "")


def test_a_notebook_shows_a_bar_and_empties_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []
    handle = SimpleNamespace(update=lambda data, raw: shown.append(data))
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace())
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda *_, **__: handle)
    with Progress(4) as progress:
        progress.update(3, "loss <0.5>")
    assert 'max="4" value="3"' in shown[0]["text/html"]
    assert "loss &lt;0.5&gt;" in shown[0]["text/html"]
    assert shown[1] == {"text/html": "", "text/plain": ""}


def test_a_kernel_without_a_shell_counts_as_no_notebook(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace())
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    with Progress(1) as progress:
        progress.update(1, "done")
    assert capsys.readouterr().err == ""
