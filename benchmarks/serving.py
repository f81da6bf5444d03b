"""The server under load: 64 clients, 10,000 requests, with and without batching, and killed twice.

Each client keeps one connection, asks for one row at a time, checks the answer against Keras, and
asks again where it got an error instead of an answer. Every request is one of a kind, so an answer
to another one is noticed. Two models: a small one, where HTTP is the work, and a large one, where
the model is.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

import companion
from companion.serve.export import save, to_litert
from companion.serve.process import ServerProcess

REQUESTS, CLIENTS, KILLS = 10_000, 64, 2
WIDTHS = {"small": (300, 100), "large": (2048, 2048)}
Floats = NDArray[np.float32]


class Load:
    """What the clients ask, and what became of it.

    Args:
        rows: one a request, all different.
        truth: the right answers.
    """

    def __init__(self, rows: Floats, truth: Floats) -> None:
        self.bodies = [b'{"rows": [%s]}' % str(row.tolist()).encode() for row in rows]
        self.truth, self.answered = truth, Counter[int]()
        self.seconds: list[float] = []
        self.wrong, self.errors = 0, Counter[str]()
        self.todo = list(range(len(rows)))

    async def client(self, port: int) -> None:
        """Ask until nothing is left, over one connection, opened anew after an error."""
        link = None
        while self.todo:
            number = self.todo.pop()
            start = time.perf_counter()
            try:
                link = link or await asyncio.open_connection("127.0.0.1", port)
                status, answer = await exchange(*link, self.bodies[number])
            except (OSError, asyncio.IncompleteReadError) as error:
                self.errors[type(error).__name__] += 1
                self.todo.append(number)  # explicit error: ask again
                link = None
                await asyncio.sleep(0.1)
                continue
            if status != 200:
                self.errors[f"status {status}"] += 1
                self.todo.append(number)
                await asyncio.sleep(0.1)
                continue
            self.seconds.append(time.perf_counter() - start)
            self.answered[number] += 1
            self.wrong += not np.allclose(answer, self.truth[number], atol=1e-3)
        if link is not None:
            link[1].close()

    async def run(self, port: int) -> float:
        """Let all clients ask at once; return the seconds it took."""
        start = time.perf_counter()
        await asyncio.gather(*(self.client(port) for _ in range(CLIENTS)))
        return time.perf_counter() - start

    def report(self, seconds: float) -> str:
        """Return counts, percentiles and throughput as one line."""
        once = sum(count == 1 for count in self.answered.values())
        p50, p99 = 1000 * np.percentile(self.seconds, [50, 99])
        return (
            f"{once} of {len(self.truth)} answered exactly once, {self.wrong} wrong; "
            f"{len(self.truth) / seconds:.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms; "
            f"errors seen by clients: {dict(self.errors) or 'none'}"
        )


async def exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes
) -> tuple[int, Floats | None]:
    """Send one request and read its answer; a client this plain costs little beside the server."""
    head = (
        "POST /predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    length = next(int(x.split(b":")[1]) for x in lines if x.startswith(b"content-length"))
    content = await reader.readexactly(length)
    status = int(lines[0].split()[1])
    if status != 200:
        return status, None
    inner = content[content.index(b"[[") + 2 : content.index(b"]]")]
    return status, np.array(inner.split(b","), np.float32)


async def killed_under_load(load: Load, file: Path) -> float:
    """Kill the server twice in the middle of the load, start it again on the same port."""
    server = ServerProcess(file)
    port = server.port
    running = asyncio.create_task(load.run(port))
    for part in range(1, KILLS + 1):
        while len(load.seconds) < part * REQUESTS // (KILLS + 1):
            await asyncio.sleep(0.01)
        await asyncio.to_thread(server.kill)
        server = await asyncio.to_thread(lambda: ServerProcess(file, port=port))
    seconds = await running
    server.stop()
    return seconds


def made(widths: tuple[int, ...], folder: Path, name: str) -> tuple[Path, Floats, Floats]:
    """Return a model's file, the rows to ask for, and the right answers."""
    hidden = [keras.layers.Dense(width, activation="relu") for width in widths]
    model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10)])
    rows = np.random.default_rng(0).standard_normal((REQUESTS, 64)).astype(np.float32)
    truth = np.concatenate([model(part) for part in np.array_split(rows, 20)])
    return save(to_litert(model), folder / f"{name}.tflite"), rows, truth


def main() -> None:
    """Print one line a run."""
    companion.seed(0)
    folder = Path(tempfile.mkdtemp())
    for name, widths in WIDTHS.items():
        file, rows, truth = made(widths, folder, name)
        for max_batch in (1, 32):
            with ServerProcess(file, max_batch=max_batch) as server:
                load = Load(rows, truth)
                seconds = asyncio.run(load.run(server.port))
                print(f"{name} model, batches of up to {max_batch}: {load.report(seconds)}")
        if name == "small":
            load = Load(rows, truth)
            seconds = asyncio.run(killed_under_load(load, file))
            print(f"{name} model, server killed {KILLS} times: {load.report(seconds)}")


if __name__ == "__main__":
    main()
