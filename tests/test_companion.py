"""What ``import companion`` costs and does: no TensorFlow, a silent start, seeds that hold."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest

import companion

HEAVY = {"tensorflow", "keras", "sklearn", "scipy", "pandas", "matplotlib", "IPython", "nbformat"}


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


@pytest.mark.parametrize(
    ("module", "light"),
    [
        ("companion", HEAVY | {"numpy", "yaml"}),
        ("companion.results", HEAVY | {"numpy", "yaml"}),
        ("companion.plotting", HEAVY | {"numpy", "yaml"}),
        ("companion.claims", HEAVY | {"numpy"}),
        ("companion.cli", HEAVY | {"numpy", "yaml"}),
        ("companion.exercises", HEAVY),
        ("companion.data", {"tensorflow", "keras", "matplotlib", "IPython"}),
    ],
)
def test_import_graph_is_light(module: str, light: set[str]) -> None:
    loaded = run(f"import {module}, sys; print(*sys.modules)").stdout.split()
    assert light & {name.split(".")[0] for name in loaded} == set()


def test_tensorflow_starts_in_silence_and_other_lines_pass() -> None:
    quiet = run("import companion, tensorflow as tf; tf.constant(1.0) + 1")
    assert (quiet.stdout, quiet.stderr) == ("", "")
    code = (
        "import os; from companion.quiet import quietly;"
        "quietly(lambda: os.write(2, b'I0000 00:00 1 port.cc:153] oneDNN\\nours\\n'))"
    )
    assert run(code).stderr == "ours\n"


def test_seed_repeats_python_numpy_and_keras() -> None:
    import keras

    def draw() -> tuple[float, float, float]:
        companion.seed(7)
        return random.random(), np.random.rand(), float(keras.random.normal(()))

    assert draw() == draw()
