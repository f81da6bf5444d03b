"""Processes on loopback: the losses of one model, also when a worker is killed in mid-run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import companion
from companion.errors import CourseError
from companion.models.mlp import article_mlp
from companion.training import workers
from companion.training.workers import train_on_workers

STEPS = 6
CLUSTER = ("TF_CONFIG", "SLURM_PROCID", "JOB_COMPLETION_INDEX")


@pytest.fixture
def _double() -> Iterator[None]:
    for dtype in ("float64", "float32"):
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        if dtype == "float64":
            yield


def losses_of_one_model() -> list[float]:
    """Return the losses of the same batches in this process, without any strategy."""
    companion.seed(0)
    model = article_mlp()
    model.compile(keras.optimizers.Adam(workers.LEARNING_RATE), loss="mse")
    return [float(model.train_on_batch(X, y)) for X, y in workers._batches(0, STEPS)]


def as_slurm_would(task: int, port: int) -> dict[str, str]:
    mine = {
        "SLURM_PROCID": str(task),
        "SLURM_STEP_NUM_TASKS": "2",
        "SLURM_STEP_NODELIST": "localhost",
        "SLURM_STEP_TASKS_PER_NODE": "2",
        "FIRST_PORT": str(port),
    }
    return {name: value for name, value in os.environ.items() if name not in CLUSTER} | mine


def steps_in(log: Path) -> list[int]:
    return [json.loads(line)[0] for line in log.read_text(encoding="utf-8").splitlines()]


@pytest.mark.usefixtures("_double")
def test_a_run_of_two_that_died_under_slurm_goes_on_alone_with_the_losses_of_one_model(
    tmp_path: Path,
) -> None:
    """Two workers named as by Slurm, one dies at step 5; this process goes on from step 3."""
    (port,) = workers._free_ports(1)
    command = [sys.executable, "-m", "companion.training.workers"]
    command += ["--steps", str(STEPS), "--folder", str(tmp_path), "--every", "3"]
    first, second = (
        subprocess.Popen(
            command + ["--die-at", "5"] * task,
            env=as_slurm_would(task, port),
            stderr=subprocess.DEVNULL,
        )
        for task in range(2)
    )
    try:
        expected = losses_of_one_model()
        assert second.wait(timeout=300) == 9
    finally:
        for process in (first, second):
            process.kill()
            process.wait()
    log = tmp_path / "losses.jsonl"
    assert steps_in(log)[:4] == [0, 1, 2, 3]
    workers.worker(tf.distribute.get_strategy(), STEPS, tmp_path, checkpoint_every=3)
    assert steps_in(log)[-3:] == [3, 4, 5]
    np.testing.assert_allclose(workers._losses(tmp_path, STEPS), expected, rtol=1e-9)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Let workers be other programs; return what was started: process, command and cluster."""
    true_start, seen = subprocess.Popen, list[Any]()

    def programs(*sources: str) -> list[Any]:
        def start(command: list[str], **options: Any) -> Any:
            process = true_start([sys.executable, "-c", sources[len(seen)]], **options)
            seen.append((process, command, json.loads(options["env"]["TF_CONFIG"])))
            return process

        monkeypatch.setattr(workers.subprocess, "Popen", start)
        return seen

    return programs


WELL, ILL = "", "raise SystemExit(9)"
LONG = "import time; time.sleep(30)"


def test_one_that_dies_takes_the_others_along_once(
    started: Callable[..., list[Any]], tmp_path: Path
) -> None:
    (tmp_path / "losses.jsonl").write_text("[0, 0.5]\n[0, 0.25]\n")
    seen = started(LONG, ILL, WELL, WELL)
    assert train_on_workers(2, steps=1, folder=tmp_path, kill=(1, 0)) == ([0.25], 2)
    assert [process.returncode for process, _, _ in seen] == [-signal.SIGKILL, 9, 0, 0]
    assert ["--die-at" in command for _, command, _ in seen] == [False, True, False, False]
    assert [cluster["task"]["index"] for *_, cluster in seen] == [0, 1, 0, 1]
    for first, second in (seen[:2], seen[2:]):
        addresses = first[2]["cluster"]["worker"]
        assert addresses == second[2]["cluster"]["worker"]
        assert len(set(addresses)) == 2


def test_workers_that_keep_dying_are_given_up(
    started: Callable[..., list[Any]], tmp_path: Path
) -> None:
    seen = started(*3 * [ILL])
    with pytest.raises(CourseError, match="died"):
        train_on_workers(1, steps=1, folder=tmp_path)
    assert len(seen) == 3


def test_a_stop_leaves_no_worker_behind(
    started: Callable[..., list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    seen = started(LONG, LONG)
    monkeypatch.setattr(workers.time, "sleep", stop)
    with pytest.raises(KeyboardInterrupt):
        train_on_workers(2, steps=1, folder=tmp_path)
    assert [process.returncode for process, *_ in seen] == 2 * [-signal.SIGKILL]


def test_no_worker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="not 0"):
        train_on_workers(0, steps=1, folder=tmp_path)
