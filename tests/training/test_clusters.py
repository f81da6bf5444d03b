"""The cluster that a process finds itself in, from the variables that launchers set."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from companion.errors import CourseError
from companion.training.clusters import resolver
from companion.training.workers import train_on_workers

SLURM = {
    "SLURM_PROCID": "2",
    "SLURM_STEP_NUM_TASKS": "3",
    "SLURM_STEP_NODELIST": "node[07-08]",
    "SLURM_STEP_TASKS_PER_NODE": "2,1",
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TF_CONFIG", "JOB_COMPLETION_INDEX", *SLURM):
        monkeypatch.delenv(name, raising=False)


def set_all(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_tf_config_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = {"cluster": {"worker": ["a:1", "b:2"]}, "task": {"type": "worker", "index": 1}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(cluster))
    found = resolver()
    assert found.cluster_spec().as_dict() == {"worker": ["a:1", "b:2"]}
    assert found.task_id == 1


def test_slurm_nodes_without_a_gpu_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, SLURM)
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("FIRST_PORT", "5000")
    found = resolver()
    workers = ["node07:5000", "node07:5001", "node08:5000"]
    assert found.cluster_spec().as_dict() == {"worker": workers}
    assert (found.task_type, found.task_id) == ("worker", 2)
    assert "CUDA_VISIBLE_DEVICES" not in os.environ


@pytest.mark.parametrize("gpus", [None, 0])
def test_tensorflows_own_slurm_resolver_still_needs_the_detour(
    monkeypatch: pytest.MonkeyPatch, gpus: int | None, tmp_path: Path
) -> None:
    """Fails when TensorFlow mends it; then :func:`_slurm` can go."""
    import tensorflow as tf

    kinds = tf.distribute.cluster_resolver
    set_all(monkeypatch, SLURM)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises((FileNotFoundError, ValueError)):
        kinds.SlurmClusterResolver(gpus_per_node=gpus).cluster_spec()


def test_kubernetes_pods_are_named_by_the_job() -> None:
    pods = {"WORKERS": "train-0.train:2222,train-1.train:2222", "JOB_COMPLETION_INDEX": "1"}
    found = resolver(pods)
    assert found.cluster_spec().as_dict() == {"worker": pods["WORKERS"].split(",")}
    assert (found.task_type, found.task_id) == ("worker", 1)
    for wrong in (pods | {"WORKERS": ""}, pods | {"JOB_COMPLETION_INDEX": "2"}):
        with pytest.raises(CourseError, match="names"):
            resolver(wrong)


def test_tensorflows_own_kubernetes_resolver_mixes_up_the_workers() -> None:
    import tensorflow as tf

    kinds = tf.distribute.cluster_resolver
    pods: list[Any] = [
        SimpleNamespace(
            metadata=SimpleNamespace(name=f"train-{i}"),
            status=SimpleNamespace(phase="Running", host_ip=f"10.0.0.{i}"),
        )
        for i in range(11)
    ]
    client = SimpleNamespace(
        list_pod_for_all_namespaces=lambda label_selector: SimpleNamespace(items=pods)
    )
    found = kinds.KubernetesClusterResolver({"worker": ["job=train"]}, override_client=client)
    workers = found.cluster_spec().as_dict()["worker"]
    assert workers[2] == "10.0.0.10:8470"  # the tenth stands where the second should
    assert found.task_id is None


def test_workers_that_slurm_names_train_as_one(tmp_path: Path) -> None:
    """Two processes on loopback with the variables that Slurm would set."""
    alone, _ = train_on_workers(1, steps=3, folder=tmp_path / "one")
    started = []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for task in range(2):
        slurm = {
            "SLURM_PROCID": str(task),
            "SLURM_STEP_NUM_TASKS": "2",
            "SLURM_STEP_NODELIST": "localhost",
            "SLURM_STEP_TASKS_PER_NODE": "2",
            "FIRST_PORT": str(port),
        }
        command = [sys.executable, "-m", "companion.training.workers", "--worker"]
        command += ["--steps", "3", "--folder", str(tmp_path / "run")]
        started.append(subprocess.Popen(command, env=os.environ | slurm, stderr=subprocess.DEVNULL))
    assert [process.wait(timeout=120) for process in started] == [0, 0]
    lines = (tmp_path / "run" / "losses.jsonl").read_text(encoding="utf-8").splitlines()
    np.testing.assert_allclose([json.loads(line)[1] for line in lines], alone, rtol=1e-9)
