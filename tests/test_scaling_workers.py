"""The benchmark behind the page on compute: its ring, its gradients, and the file it left."""

from __future__ import annotations

import importlib.util
import json
import threading
from multiprocessing import Pipe
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def made() -> ModuleType:
    found = importlib.util.spec_from_file_location(
        "scaling_workers", ROOT / "benchmarks" / "scaling_workers.py"
    )
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_ring_sums_and_sends_the_least_possible(made: ModuleType, size: int) -> None:
    """Each worker sends 2 (n - 1) / n of the vector, give or take the unequal parts."""
    vectors = np.random.default_rng(0).integers(-99, 99, (size, 1000)).astype(np.int64)
    pipes = [Pipe(duplex=False) for _ in range(size)]
    results: dict[int, tuple[np.ndarray, int]] = {}

    def run(rank: int) -> None:
        right, left = pipes[rank][1], pipes[rank - 1][0]
        results[rank] = made.ring(vectors[rank], rank, size, right, left)

    threads = [threading.Thread(target=run, args=(rank,), daemon=True) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=5)
    for total, sent in results.values():
        np.testing.assert_array_equal(total, vectors.sum(axis=0))
        assert abs(sent - 8 * 1000 * 2 * (size - 1) / size) <= 16 * size
    assert len(results) == size


def test_gradients_are_those_of_finite_differences(made: ModuleType) -> None:
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(shape) for shape in ((3, 5), (5, 4), (4, 1))]
    X, y = rng.standard_normal((7, 3)), rng.standard_normal((7, 1))

    def loss(flat: np.ndarray) -> float:
        h, start = X, 0
        for k, W in enumerate(weights):
            h = h @ flat[start : start + W.size].reshape(W.shape)
            h, start = (np.maximum(h, 0) if k < 2 else h), start + W.size
        return float(((h - y) ** 2).sum())

    flat = np.concatenate([W.ravel() for W in weights])
    steps = 1e-6 * np.eye(flat.size)
    slopes = [(loss(flat + e) - loss(flat - e)) / 2e-6 for e in steps]
    np.testing.assert_allclose(made.gradients(weights, X, y), slopes, rtol=1e-4, atol=1e-4)


def test_fastest_keeps_the_best_time_of_each_row(made: ModuleType) -> None:
    passes = [[{"n": 1, "seconds": 3.0}, {"n": 2, "seconds": 1.0}], [{"n": 1, "seconds": 2.0}] * 2]
    passes[1][1] = {"n": 2, "seconds": 4.0}
    assert made.fastest(passes) == [{"n": 1, "seconds": 2.0}, {"n": 2, "seconds": 1.0}]


def test_stored_file_counts_what_a_ring_sends() -> None:
    stored = json.loads((ROOT / "book/data/scaling_workers.json").read_text(encoding="utf-8"))
    assert stored["machine"]["cores"] == 2
    for row in stored["workers"]:
        n, size = row["workers"], row["parameters"]
        assert row["sent"] == 4 * size * 2 * (n - 1) / n
    assert all(row["flops"] >= 0 and row["seconds"] > 0 for row in stored["roofline"])
