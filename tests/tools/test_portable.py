"""Pages on other processors: settings that take effect, runs that are kept, pages that stop."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import pages, portable, runs
from tools.portable import run_all
from tools.processors import AS_IT_IS, OLDEST, PROCESSORS, available
from tools.runs import code_of, kept_at

ROOT = Path(__file__).resolve().parents[2]
STEADY = {"one": {"CASE": "1"}, "two": {"CASE": "1", "OMP_NUM_THREADS": "2"}}
SHAKY = {"one": {"CASE": "1"}, "two": {"CASE": "2", "OMP_NUM_THREADS": "2"}}
CODE = (
    "import os\nfrom companion.results import record\n"
    "record('ch01.x', float(os.environ['CASE']) / {}, '.0f')"
)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return what writes a page of one cell into a small course, where the command runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "book").mkdir()
    entry = {"ch01.x": {"value": "1", "page": "01-page"}}
    (tmp_path / "book" / "results.json").write_text(json.dumps(entry))

    def write(code: str, name: str = "01-page", words: str = "words") -> Path:
        cell = new_code_cell(code, execution_count=1)
        cell.outputs = [new_output("stream", name="stdout", text="ch01.x = 1\n")]
        path = Path("book") / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[new_markdown_cell(words), cell]), path)
        return path

    return write


def use(monkeypatch: pytest.MonkeyPatch, processors: dict[str, Any]) -> None:
    for module in (portable, runs):
        monkeypatch.setattr(module, "PROCESSORS", processors)
    monkeypatch.setattr(portable, "available", lambda: processors)


def test_what_moves_is_told_beside_a_page_that_stops(
    course: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, SHAKY)
    paths = [course("raise ValueError('no number')", "02-page"), course(CODE.format(1))]
    stops, moved = portable.portable(paths)
    assert (stops.page, stops.number) == ("02-page", "stops")
    assert "no number" in " ".join(stops.seen)
    assert moved.number == "ch01.x ="
    entry = pages.load_results(Path("book/results.json"))["ch01.x"]
    assert (entry["format"], entry["seen"]) == (".0f", [1.0, 2.0])
    assert entry["code"] == code_of(paths[1])


def test_fewer_processors_forget_no_interval_of_the_same_code(
    course: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, SHAKY)
    path = course(CODE.format(1))
    portable.portable([path])
    monkeypatch.setattr(portable, "available", lambda: {"one": SHAKY["one"]})
    assert portable.portable([path]) == []
    assert pages.load_results(Path("book/results.json"))["ch01.x"]["seen"] == [1.0, 2.0]


def test_what_is_kept_is_not_run_again_until_something_changes(
    course: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = course(CODE.format(1))
    first = run_all([path], STEADY)
    assert [run.texts[1] for run in first[path].values()] == ["ch01.x = 1\n"] * 2
    monkeypatch.setattr(portable.subprocess, "Popen", None)  # a run would stop here
    assert run_all([path], STEADY) == first
    course(CODE.format(1), words="other words")
    assert run_all([path], STEADY) == first


def test_a_run_is_named_by_all_that_it_depends_on(course: Callable[..., Path]) -> None:
    path = course(CODE.format(1))
    names = {kept_at(path, {})}
    for change in (
        lambda: course(CODE.format(2)),
        lambda: Path("book/claims.yml").write_text("a claim"),
        lambda: Path("requirements.lock").write_text("a package"),
        lambda: (Path("companion").mkdir(), Path("companion/x.py").write_text("code")),
        lambda: (Path("book/exercises").mkdir(), Path("book/exercises/x.py").write_text("code")),
    ):
        change()
        names.add(kept_at(path, {}))
    names.add(kept_at(path, {"OPENBLAS_CORETYPE": "Nehalem"}))
    assert len(names) == 7


def test_of_a_run_of_the_whole_book_nothing_older_is_kept(
    course: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, STEADY)
    path = course(CODE.format(1))
    portable.portable([])
    kept = sorted(Path(".portable").iterdir())
    assert len(kept) == 2
    other_python = kept[0].with_name(re.sub(r"-\d+-", "-399-", kept[0].name))
    gone = [kept[0].with_name(name) for name in ("01-page-311-abc.json", "02-gone-311-abc.json")]
    for file in (other_python, *gone):
        file.write_text(kept[0].read_text())
    portable.portable([path])
    assert all(file.exists() for file in gone)
    portable.portable([])
    assert sorted(Path(".portable").iterdir()) == sorted([*kept, other_python])


def test_an_interruption_keeps_what_is_done(course: Callable[..., Path]) -> None:
    slow = course("import time; time.sleep(60)", "02-page")
    path = course("print(1)")
    code = "import sys; from pathlib import Path; from tools.portable import run_all\n"
    code += f"run_all([Path({str(path)!r}), Path({str(slow)!r})], {{'one': {{}}}})"
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # as at a terminal
    )
    assert process.stderr is not None
    seen = ""
    while "1/2" not in seen:
        seen += process.stderr.read(1)  # the line of progress
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) != 0
    assert len(list(Path(".portable").glob("01-page-*.json"))) == 1
    assert list(Path(".portable").glob("02-page-*")) == []


@pytest.mark.parametrize("name", PROCESSORS)
def test_each_setting_takes_effect(name: str) -> None:
    settings = available().get(name)
    if settings is None:
        pytest.skip(f"this machine cannot stand for {name}")
    code = (
        "import json, numpy, threadpoolctl as t\n"
        "from numpy._core._multiarray_umath import __cpu_features__ as f\n"
        "print(json.dumps([t.threadpool_info()[0], f['X86_V3'], f['X86_V4']]))"
    )
    env = {**os.environ, **settings}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    blas, avx2, avx512 = json.loads(done.stdout)
    if name != AS_IT_IS:
        core = settings["OPENBLAS_CORETYPE"].replace("Zen", "Haswell")
        assert blas["architecture"] == core
        cores = len(os.sched_getaffinity(0))
        assert blas["num_threads"] == min(int(settings["OPENBLAS_NUM_THREADS"]), cores)
        assert avx2 == (core in ("Haswell", "SkylakeX"))
        assert avx512 == (core == "SkylakeX")


def test_the_matrix_has_the_processors_that_the_course_promises() -> None:
    cores = {settings.get("OPENBLAS_CORETYPE") for settings in PROCESSORS.values()}
    assert {"Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX"} <= cores
    threads = {settings.get("OMP_NUM_THREADS") for settings in PROCESSORS.values()}
    assert {"1", "2", "4"} <= threads
    assert any(settings.get("TF_ENABLE_ONEDNN_OPTS") == "0" for settings in PROCESSORS.values())
    assert OLDEST in PROCESSORS
