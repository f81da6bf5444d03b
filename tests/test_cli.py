"""The commands: each passes the right words on, and a mistake is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion import cli

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    made: list[tuple[str, ...]] = []

    def fake(*arguments: str) -> int:
        made.append(arguments)
        return 0

    monkeypatch.setattr(cli, "_python", fake)
    monkeypatch.chdir(ROOT)
    return made


def test_book_makes_warnings_errors(
    calls: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["book"]) == 0
    assert {"build", "-W", "-n"} <= set(calls[0])
    assert "file://" in capsys.readouterr().out


def test_every_command_names_a_module_that_runs() -> None:
    """Jupyter Book 1 has no `python -m` form, and says so only when it is tried."""
    code = "from jupyter_book.cli.main import main; main()"
    assert cli._python("-c", code, "--version") == 0
    for module in ("pytest", "jupyterlab", "ruff", "mypy"):
        assert cli._python("-m", module, "--version") == 0


def test_test_runs_every_notebook_and_passes_words_on(calls: list[tuple[str, ...]]) -> None:
    cli.main(["test"])
    cli.main(["test", "tests/test_cli.py", "-k", "book"])
    assert {"--nbval", "tests", "book"} <= set(calls[0])
    assert calls[1] == ("-m", "pytest", "tests/test_cli.py", "-k", "book")


def test_check_fails_when_one_check_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(cli, "_run", lambda module, *_: int(module == "mypy"))
    assert cli.main(["check"]) == 1


def test_outside_the_course_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["book"]) == 2
    assert "_toc.yml" in capsys.readouterr().err


def test_course_error_is_shown_without_traceback(
    calls: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["refresh", "book/no-such-page.ipynb"]) == 1
    message = capsys.readouterr().err
    assert "should be a notebook" in message
    assert "Traceback" not in message


def test_makefile_offers_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in cli.COMMANDS:
        assert f"companion.cli {command.__name__}" in makefile
