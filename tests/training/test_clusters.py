"""The cluster that a process finds itself in, from the variables that launchers set."""

from __future__ import annotations

import json
import os

import pytest

from companion.errors import CourseError
from companion.training.clusters import resolver

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


def test_kubernetes_pods_are_named_by_the_job() -> None:
    pods = {"WORKERS": "train-0.train:2222,train-1.train:2222", "JOB_COMPLETION_INDEX": "1"}
    found = resolver(pods)
    assert found.cluster_spec().as_dict() == {"worker": pods["WORKERS"].split(",")}
    assert (found.task_type, found.task_id) == ("worker", 1)
    for wrong in (pods | {"WORKERS": ""}, pods | {"JOB_COMPLETION_INDEX": "2"}):
        with pytest.raises(CourseError, match="names"):
            resolver(wrong)
