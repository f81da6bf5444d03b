"""Devices are faked: what the report says, what the strategy chooses, what is refused."""

from __future__ import annotations

import json
import os
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from companion import gpu
from companion.errors import CourseError
from companion.gpu import speed


def device(kind: str, number: int) -> SimpleNamespace:
    return SimpleNamespace(device_type=kind, name=f"/physical_device:{kind}:{number}")


def fake_devices(monkeypatch: pytest.MonkeyPatch, *kinds: str) -> None:
    devices = [device(kind, i) for i, kind in enumerate(kinds)]
    monkeypatch.setattr(
        tf.config,
        "list_physical_devices",
        lambda kind=None: [d for d in devices if kind in (None, d.device_type)],
    )
    monkeypatch.setattr(
        tf.config.experimental,
        "get_device_details",
        lambda d: {"device_name": "Card X"} if d.device_type == "GPU" else {},
    )


def test_report_without_gpu_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_devices(monkeypatch, "CPU")
    text = gpu.report()
    assert "Device     CPU 0" in text
    assert "tensorflow[and-cuda]" in text
    assert f"Keras {keras.__version__}" in text


def test_report_with_gpu_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_devices(monkeypatch, "CPU", "GPU")
    text = gpu.report()
    assert "Device     GPU 1 Card X" in text
    assert "and-cuda" not in text


def test_report_counts_cores_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2**21}
    monkeypatch.setattr(os, "sysconf", asked.get, raising=False)
    mine = {0: {1, 3, 5}}  # 0 is this process
    monkeypatch.setattr(os, "sched_getaffinity", mine.get, raising=False)
    assert (gpu.cores(), gpu.memory()) == (3, 8)
    assert "chosen by TensorFlow, on 3 cores\nMemory     8 GiB" in gpu.report()


@pytest.mark.parametrize("fault", [AttributeError, ValueError, OSError])
def test_a_system_that_does_not_tell_its_memory_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def untold(_: str) -> int:
        raise fault

    monkeypatch.setattr(os, "sysconf", untold, raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert (gpu.cores(), gpu.memory()) == (1, 0)
    assert "Memory     ? GiB" in gpu.report()


def test_strategy_follows_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    for name in ("MirroredStrategy", "MultiWorkerMirroredStrategy"):
        monkeypatch.setattr(tf.distribute, name, lambda name=name: made.append(name))
    monkeypatch.delenv("TF_CONFIG", raising=False)
    fake_devices(monkeypatch, "CPU", "GPU")
    assert gpu.strategy() is tf.distribute.get_strategy()
    fake_devices(monkeypatch, "CPU", "GPU", "GPU")
    gpu.strategy()
    monkeypatch.setenv("TF_CONFIG", config("worker", worker=["a:1", "b:1"]))
    gpu.strategy()
    assert made == ["MirroredStrategy", "MultiWorkerMirroredStrategy"]


def config(own: str, index: object = 0, **cluster: object) -> str:
    return json.dumps({"cluster": cluster, "task": {"type": own, "index": index}})


@pytest.mark.parametrize(
    ("text", "together"),
    [
        (config("chief", chief=["a:1"], worker=["b:1"]), True),
        (config("worker", chief=["a:1"], worker=["b:1"]), True),
        (config("worker", 1, worker=["a:1", "b:1"], evaluator=["c:1"]), True),
        (config("evaluator", worker=["a:1", "b:1"], evaluator=["c:1"]), False),
        (config("evaluator", chief=["a:1"], worker=["b:1"]), False),
        (config("chief", chief=["a:1"]), False),
        (config("worker", worker=["a:1"], evaluator=["c:1"]), False),
        (" ", False),
    ],
)
def test_all_machines_that_train_are_counted(
    monkeypatch: pytest.MonkeyPatch, text: str, together: bool
) -> None:
    several = object()
    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", lambda: several)
    monkeypatch.setenv("TF_CONFIG", text)
    fake_devices(monkeypatch, "CPU")
    assert (gpu.strategy() is several) == together


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "{}",
        '{"cluster": []}',
        "[1]",
        '{"cluster": {"worker": ["a:1", "b:1"]}}',
        config("worker", worker="a:1"),
        config("worker", worker=[1, 2]),
        config("worker", worker=[["a:1", "b:1"]]),
        config("worker", worker=None),
        config("worker", 2, worker=["a:1", "b:1"]),
        config("worker", -1, worker=["a:1", "b:1"]),
        config("worker", "0", worker=["a:1", "b:1"]),
        config("chief", worker=["a:1", "b:1"]),
        config("chief", chief=["a:1", "b:1"]),
        config("worker", worker=["a:1"], ps=["b:1"]),
        config("worker", worker=["a:1"], master=["b:1"]),
    ],
)
def test_bad_cluster_is_one_sentence(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(CourseError, match="TF_CONFIG"):
        gpu.strategy()


def test_setup_sets_growth_and_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_devices(monkeypatch, "CPU", "GPU")
    calls: list[object] = []
    monkeypatch.setattr(
        tf.config.experimental, "set_memory_growth", lambda d, on: calls.append((d.name, on))
    )
    try:
        gpu.setup(precision="mixed_bfloat16")
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
        assert calls == [("/physical_device:GPU:1", True)]
    finally:
        keras.config.set_dtype_policy("float32")


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(CourseError, match="float8"):
        gpu.setup(precision="float8")


def test_setup_after_the_start_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: object) -> None:
        raise RuntimeError("Physical devices cannot be modified after being initialized")

    fake_devices(monkeypatch, "CPU", "GPU")
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", started)
    with pytest.raises(CourseError, match="restart the kernel"):
        gpu.setup(precision="mixed_bfloat16")
    assert keras.config.dtype_policy().name == "float32"


def test_self_test_measures_the_cpu() -> None:
    speeds = gpu.self_test(size=128, repeats=2)
    assert speeds[0].device == "CPU:0"
    assert speeds[0].gflops > 0
    assert speeds[0].error < 1e-5
    assert "GFLOP/s" in str(speeds[0])


def test_self_test_counts_the_operations_of_one_product(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([10.0, 14.0] * len(tf.config.list_logical_devices()))  # two products, 4 seconds
    monkeypatch.setattr(speed, "time", SimpleNamespace(perf_counter=ticks.__next__))
    (cpu, *_) = gpu.self_test(size=64, repeats=2)
    assert cpu.gflops == pytest.approx(2 * 64**3 / 2 / 1e9)


def test_a_device_that_computes_wrongly_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = tf.matmul
    monkeypatch.setattr(tf, "matmul", lambda a, b: true(a, b) + np.float32(1))
    with pytest.raises(CourseError, match="multiplies matrices wrongly"):
        gpu.self_test(size=64)
