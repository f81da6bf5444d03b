"""How training scales on one machine: over threads, over processes, and against its roofs.

Five minutes. Everything is measured in several passes and the best time kept, so that other work
on the machine shows little. Writes ``book/data/scaling_workers.json``, which chapter 8's page on
compute draws. NumPy only, so that what is timed is known: products, and bytes that go round a ring
of pipes.
"""

from __future__ import annotations

import json
import multiprocessing
import platform
import time
from collections.abc import Callable
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from companion.training import small

STORE = Path(__file__).resolve().parents[1] / "book" / "data" / "scaling_workers.json"
WHAT = (
    "Best times in seconds on one machine, made by benchmarks/scaling_workers.py. threads: one "
    "task whose serial part is known; workers: a step of a network over processes; roofline: "
    "products of an n × n matrix with n × columns."
)
PASSES = 5
TRIES = 12
SHORT_TRIES = 250  # of a few milliseconds, so that some fall between the neighbours' turns
WIDTHS = (256, 768, 768, 1)
STEPS = 25


def best(run: Callable[[], Any], tries: int = TRIES) -> float:
    """Return the shortest time of ``run`` in seconds; the first, which warms up, does not count."""
    run()
    times = []
    for _ in range(tries):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def threads() -> list[dict[str, float]]:
    """Time a task of a parallel product and serial functions, on 1 and 2 threads."""
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 512, 512), np.float32)
    long = rng.standard_normal((1024, 512), np.float32)
    numbers = rng.standard_normal(32_000)
    rows = []
    for serial in (0, 1, 2, 4, 8, 16, 32):

        def task(serial: int = serial) -> None:
            a @ b
            for _ in range(serial):
                np.tanh(numbers)

        row: dict[str, float] = {"serial": serial}
        for count in (1, 2):
            with threadpool_limits(count):
                row[f"seconds_{count}"] = best(task, SHORT_TRIES)
        rows.append(row)
    for count, factor in ((1, a), (2, long)):
        with threadpool_limits(count):
            rows.append(
                {"weak": count, "seconds": best(lambda factor=factor: factor @ b, SHORT_TRIES)}
            )
    return rows


def gradients(weights: list[np.ndarray], X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return all gradients of the summed squared error of a ReLU network, in one row."""
    layers = [[W, np.zeros((1, W.shape[1]), W.dtype)] for W in weights]
    signals = small.forward(layers, X)
    slopes = small.backward(layers, signals, 2 * (signals[-1] - y))
    return np.concatenate([slope.ravel() for slope, _ in slopes])


def ring(
    vector: np.ndarray, rank: int, size: int, right: Connection, left: Connection
) -> tuple[np.ndarray, int]:
    """Sum the workers' vectors; return the sum and the bytes this worker sent.

    Even ranks send first and odd ones receive first, so that no pipe fills up on both sides.
    """
    parts, sent = np.array_split(vector, size), 0
    for step in range(2 * (size - 1)):
        send, receive = (rank - step) % size, (rank - step - 1) % size
        incoming = np.empty_like(parts[receive])
        if rank % 2 == 0:
            right.send_bytes(parts[send].data)
            left.recv_bytes_into(incoming)
        else:
            left.recv_bytes_into(incoming)
            right.send_bytes(parts[send].data)
        sent += parts[send].nbytes
        parts[receive] = parts[receive] + incoming if step < size - 1 else incoming
    return np.concatenate(parts), sent


def worker(rank: int, size: int, rows: int, right: Any, left: Any, out: Any) -> None:
    """Take ``STEPS`` steps on ``rows`` rows, one thread; the first worker reports."""
    rng = np.random.default_rng(0)
    shapes = list(pairwise(WIDTHS))
    weights = [rng.standard_normal(s, np.float32) / np.float32(s[0] ** 0.5) for s in shapes]
    X = rng.standard_normal((rows, WIDTHS[0]), np.float32)
    y, sent, times = X[:, :1].copy(), 0, []
    with threadpool_limits(1):
        for _ in range(STEPS):
            start = time.perf_counter()
            total = gradients(weights, X, y)
            if size > 1:
                total, sent = ring(total, rank, size, right, left)
            times.append(time.perf_counter() - start)
    if rank == 0:
        out.send({"seconds": min(times[1:]), "parameters": total.size, "sent": sent})


def workers() -> list[dict[str, float]]:
    """Time one step on 1, 2 and 4 processes, for batches of several sizes."""
    context, rows = multiprocessing.get_context("spawn"), []
    for batch in (8, 32, 128, 512, 2048):
        for size in (1, 2, 4):
            pipes = [context.Pipe(duplex=False) for _ in range(size)]
            out, report = context.Pipe(duplex=False)
            started = [
                context.Process(
                    target=worker,
                    args=(r, size, batch // size, pipes[r][1], pipes[r - 1][0], report),
                )
                for r in range(size)
            ]
            for process in started:
                process.start()
            rows.append({"workers": size, "batch": batch, **out.recv()})
            for process in started:
                process.join()
    return rows


def roofline(n: int = 4096) -> list[dict[str, float]]:
    """Time a dot product, and products from matrix × vector to matrix × matrix, on all cores."""
    rng = np.random.default_rng(0)
    A = rng.standard_normal((n, n), np.float32)
    u, v = A.ravel(), rng.standard_normal(A.size, np.float32)
    # Columns 0: a dot product, which does hardly anything but read.
    rows = [
        {"columns": 0, "bytes": 2 * u.nbytes, "flops": 2 * u.size, "seconds": best(lambda: u @ v)}
    ]
    for columns in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
        X = rng.standard_normal((n, columns), np.float32)
        seconds = best(lambda X=X: A @ X)
        moved, flops = A.nbytes + 2 * X.nbytes, 2 * n * n * columns
        rows.append({"columns": columns, "bytes": moved, "flops": flops, "seconds": seconds})
    return rows


def fastest(passes: list[list[dict[str, float]]]) -> list[dict[str, float]]:
    """Return the rows of the passes with each time replaced by the shortest of it."""
    return [
        {
            key: min(row[key] for row in rows) if key.startswith("seconds") else rows[0][key]
            for key in rows[0]
        }
        for rows in zip(*passes, strict=True)
    ]


def main() -> None:
    """Measure everything and write the file."""
    from companion import gpu

    machine = {"cores": gpu.cores(), "memory_gib": gpu.memory(), "processor": _processor()}
    result = {"what": WHAT, "machine": machine, "numpy": np.__version__}
    passes: dict[str, list[Any]] = {"threads": [], "workers": [], "roofline": []}
    for number in range(PASSES):
        for measure in (threads, workers, roofline):
            passes[measure.__name__].append(measure())
        print(f"pass {number + 1} of {PASSES}", flush=True)
    parts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in result.items()]
    for name, measured in passes.items():
        rows = ",\n".join(json.dumps(_rounded(row)) for row in fastest(measured))
        parts.append(f"{json.dumps(name)}: [\n{rows}\n]")
    STORE.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def _rounded(row: dict[str, float]) -> dict[str, float]:
    return {key: float(f"{v:.4g}") if isinstance(v, float) else v for key, v in row.items()}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):  # not Linux
        return platform.processor()


if __name__ == "__main__":
    main()
