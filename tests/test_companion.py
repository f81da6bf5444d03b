"""What ``import companion`` costs and does: no TensorFlow, a silent start, seeds that hold."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import companion

HEAVY = {"tensorflow", "keras", "sklearn", "scipy", "pandas", "matplotlib", "IPython", "nbformat"}
ROOT = Path(companion.__file__).parents[1]
# What each package may import of the others; a module beside the packages imports none of them.
BELOW = {
    "data": set(),
    "models": {"data"},
    "training": {"data", "models"},
    "exercises": {"data", "models", "training"},
    "serve": set[str](),
    "chat.py": {"models", "data"},
}


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


@pytest.mark.parametrize(
    ("module", "light"),
    [
        ("companion", HEAVY | {"numpy", "yaml"}),
        ("companion.results", HEAVY | {"numpy", "yaml"}),
        ("companion.plotting", HEAVY | {"numpy", "yaml"}),
        ("tools.claims", HEAVY | {"numpy"}),
        ("tools.__main__", HEAVY | {"numpy", "yaml"}),
        ("companion.exercises", HEAVY),
        ("companion.data", {"tensorflow", "keras", "matplotlib", "IPython"}),
        ("companion.serve.server", HEAVY),
    ],
)
def test_import_graph_is_light(module: str, light: set[str]) -> None:
    loaded = run(f"import {module}, sys; print(*sys.modules)").stdout.split()
    assert light & {name.split(".")[0] for name in loaded} == set()


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the first two parts of the names that a module imports, also within functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.module, "no relative imports"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [f"{alias.name}." for alias in node.names]
        else:
            continue
        yield from ((top, second) for top, second, *_ in (name.split(".") for name in names))


def test_arrows_point_one_way() -> None:
    """Exercises, training, models, data; the server and the chat stand apart."""
    folder, against = ROOT / "companion", []
    for path in folder.rglob("*.py"):
        own = path.relative_to(folder).parts[0]
        packages = {second for top, second in imported(path) if top == "companion"} & BELOW.keys()
        against += [(own, package) for package in packages - {own} - BELOW.get(own, set())]
    assert against == []


def test_the_package_is_small_enough_to_read() -> None:
    """A module is one idea, of about 150 lines."""
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "companion").rglob("*.py")}
    lines = {path: text.count("\n") for path, text in texts.items()}
    assert sum(lines.values()) <= 9_500
    assert {path.name: n for path, n in lines.items() if n > 165} == {}


@pytest.mark.parametrize("folder", ["companion", "book", "benchmarks"])
def test_nothing_that_a_reader_runs_imports_the_tools(folder: str) -> None:
    paths = (ROOT / folder).rglob("*.py")
    assert [path for path in paths if "tools" in {top for top, _ in imported(path)}] == []


def test_an_import_within_a_function_is_an_arrow_too(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("def f():\n    from companion import training\n    import tools.x\n")
    assert list(imported(path)) == [("companion", "training"), ("tools", "x")]


def test_the_import_leaves_the_readers_threads_alone() -> None:
    code = "import os; old = dict(os.environ); import companion; print(*set(os.environ) - set(old))"
    assert "THREADS" not in run(code).stdout


def test_tensorflow_starts_in_silence() -> None:
    quiet = run("import companion, tensorflow as tf; tf.constant(1.0) + 1")
    assert (quiet.stdout, quiet.stderr) == ("", "")


def importing(tmp_path: Path, tensorflow: str) -> subprocess.Popen[bytes]:
    """Start to import a module of that name whose code is given."""
    (tmp_path / "tensorflow.py").write_text(tensorflow, encoding="utf-8")
    code = "import sys; sys.path.insert(0, sys.argv[1]); import companion, tensorflow"
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", code, str(tmp_path)]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)


START_UP = "I0000 00:00 1 port.cc:153] oneDNN"


def test_a_crash_of_the_import_has_its_last_words(tmp_path: Path) -> None:
    """No AVX on the processor, a broken driver: compiled code says why, then aborts."""
    words = f"import os; os.write(2, b'{START_UP}\\nno AVX here\\nhalf a line'); os.abort()"
    with importing(tmp_path, words) as program:
        _, said = program.communicate(timeout=60)
    assert program.returncode != 0
    assert said == b"no AVX here\nhalf a line"


def test_lines_pass_while_the_import_still_runs(tmp_path: Path) -> None:
    with importing(
        tmp_path, f"import os; os.write(2, b'{START_UP}\\nours\\n'); input()"
    ) as program:
        assert program.stderr is not None
        assert program.stderr.readline() == b"ours\n"
        _, rest = program.communicate(b"\n", timeout=60)
    assert (program.returncode, rest) == (0, b"")


def test_threads_that_overlap_give_standard_error_back() -> None:
    code = """
import os, threading
from companion.quiet import without_lines
before = os.fstat(2)
first_in, second_begins = threading.Event(), threading.Event()
def first():
    with without_lines("I"):
        first_in.set(); second_begins.wait(); os.write(2, b"I drop\\nfirst\\n")
def second():
    first_in.wait(); second_begins.set()
    with without_lines("W"):
        os.write(2, b"W drop\\nsecond\\n")
threads = [threading.Thread(target=f) for f in (first, second)]
[t.start() for t in threads]; [t.join() for t in threads]
assert os.path.samestat(before, os.fstat(2))
os.write(2, b"I am back\\n")
"""
    assert run(code).stderr == "first\nsecond\nI am back\n"


def test_without_a_standard_error_tensorflow_starts_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("print('started')", encoding="utf-8")
    code = "import os, sys; sys.path.insert(0, sys.argv[1]); os.close(2); sys.stderr = None;"
    command = [sys.executable, "-c", code + "import companion, tensorflow", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"started\n"


def test_seed_repeats_python_numpy_and_keras() -> None:
    import keras

    def draw() -> tuple[float, float, float]:
        companion.seed(7)
        return random.random(), np.random.rand(), float(keras.random.normal(()))

    assert draw() == draw()


def test_a_seed_waits_for_keras_without_importing_it() -> None:
    draw = "print('keras' in sys.modules); import keras; print(float(keras.random.normal(())))"
    before, number = run(f"import companion, sys; companion.seed(3); {draw}").stdout.split()
    again = run(f"import companion, keras, sys; companion.seed(3); {draw}").stdout.split()
    other = run(f"import companion, sys; companion.seed(4); {draw}").stdout.split()
    assert (before, again) == ("False", ["True", number])
    assert other[1] != number
