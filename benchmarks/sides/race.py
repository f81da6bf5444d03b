"""Programs side by side: each in a process of its own, taking turns, compared by medians.

Taking turns makes all meet the same weather on a shared machine; a process each keeps one library's
threads and memory out of the other's way.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

MARK = "@@ "
HERE = Path(__file__).parent
# A library that waits for its other threads by spinning wins on a quiet machine, one that sleeps on
# a busy one: the reference runs both ways, and its better time counts.
WAITING: dict[str, dict[str, str]] = {"spinning": {}, "sleeping": {"OMP_WAIT_POLICY": "PASSIVE"}}
Times = dict[str, tuple[float, float]]


def missing(*modules: str) -> str | None:
    """Return one sentence if a module is not installed, else ``None``."""
    absent = [name for name in modules if importlib.util.find_spec(name) is None]
    if not absent:
        return None
    return f"skipped: {' and '.join(absent)} not installed (make reference)."


class Side:
    """A program of this folder that works on demand.

    Args:
        script: its file name here.
        arguments: its arguments.
        environment: variables to set.
    """

    def __init__(
        self, script: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        paths = os.pathsep.join(filter(None, [os.getcwd(), os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(HERE / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "PYTHONPATH": paths}
            | dict(environment or {}),
        )

    def hear(self) -> str:
        """Wait for the program's next message."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(MARK):
                return line.removeprefix(MARK).strip()
        raise SystemExit(f"{self.process.args!r} ended with status {self.process.wait()}.")

    def work(self, amount: int) -> tuple[float, float]:
        """Let it work; return seconds on the clock and seconds of processor time."""
        assert self.process.stdin is not None
        print(amount, file=self.process.stdin, flush=True)
        clock, processor = self.hear().split()
        return float(clock), float(processor)

    def stop(self) -> None:
        """End the program."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def race(sides: Mapping[str, Side], amount: int, rounds: int) -> Times:
    """Let all sides work in turns, then end them.

    Returns:
        Each one's median seconds a unit of work: on the clock, and of processor time.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            times[name].append(side.work(amount))
    for side in sides.values():
        side.stop()
    medians = {name: np.median(pairs, axis=0) / amount for name, pairs in times.items()}
    return {name: (float(clock), float(processor)) for name, (clock, processor) in medians.items()}


def verdict(times: Times, ours: Iterable[str]) -> str:
    """Return the ratios of the others' best time to our best, and how busy the machine was."""
    mine = [times[name] for name in ours]
    theirs = [pair for name, pair in times.items() if name not in set(ours)]
    clock, processor = (min(t[i] for t in theirs) / min(t[i] for t in mine) for i in (0, 1))
    return (
        f"ratio {clock:.2f} by the clock, {processor:.2f} by processor time "
        f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
    )


def say(message: object) -> None:
    """Send a line to the other side."""
    print(f"{MARK}{message}", flush=True)


def serve(work: Callable[[int], object]) -> None:
    """Work on demand until the other side is through."""
    for line in sys.stdin:
        clock, processor = time.perf_counter(), time.process_time()
        work(int(line))
        say(f"{time.perf_counter() - clock} {time.process_time() - processor}")
