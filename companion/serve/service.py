"""What a request may be, and how it is answered: with numbers, or a status with one sentence."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from companion.errors import CourseError
from companion.serve.batching import Batcher
from companion.serve.metrics import Metrics
from companion.serve.model import ServedModel
from companion.serve.rows import first_infinite, parse_rows

CLOSE = {"connection": "close"}  # what is still unread in it makes the connection useless
RETRY = {"retry-after": "1"}


@dataclass(frozen=True)
class Limits:
    """What the server takes on.

    Attributes:
        max_batch: most rows in one call of the model, and so in one request.
        max_wait: seconds that a row waits for others to share the call.
        max_queue: requests that may wait; a further one is told to come back.
        max_body: bytes in a request's body.
        read_seconds: time for a client to send its head, and again its body.
        answer_seconds: time from the accepted request to its answer.
        max_connections: open connections.

    Raises:
        CourseError: a limit that is no positive number, or a row that waits longer than its answer.
    """

    max_batch: int = 32
    max_wait: float = 0.002
    max_queue: int = 256
    max_body: int = 2**20
    read_seconds: float = 5.0
    answer_seconds: float = 10.0
    max_connections: int = 512

    def __post_init__(self) -> None:
        """Check every limit."""
        for name, value in vars(self).items():
            if name != "max_wait" and not 0 < value < math.inf:
                raise CourseError(f"{name} should be a number above 0, not {value}.")
        if not 0 <= self.max_wait < self.answer_seconds:
            raise CourseError(
                f"max_wait should be at least 0 and less than the {self.answer_seconds:g} seconds "
                f"for an answer, not {self.max_wait:g}."
            )


class Service:
    """The state behind the paths: model, queue, counts, and whether the server is stopping."""

    def __init__(self, model: ServedModel, limits: Limits) -> None:
        self.model, self.limits, self.metrics = model, limits, Metrics()
        self.stopping, self.in_flight = False, 0
        self.batcher = Batcher(
            model.predict,
            max_batch=limits.max_batch,
            max_wait=limits.max_wait,
            max_queue=limits.max_queue,
            observe=self.metrics.batch_rows.observe,
        )
        self.metrics.waiting.set_function(lambda: self.batcher.waiting)
        self.metrics.in_flight.set_function(lambda: self.in_flight)

    @asynccontextmanager
    async def running(self, _: FastAPI) -> AsyncIterator[None]:
        """Run the batcher's task while the application lives."""
        task = asyncio.create_task(self.batcher.run())
        yield
        task.cancel()

    async def predict(self, request: Request) -> Response:
        """Answer ``{"rows": [[…], …]}`` with ``{"outputs": [[…], …]}``, row by row."""
        start = time.perf_counter()
        rows = parse_rows(await self._body(request), self.model.input_shape, self.limits.max_batch)
        if self.stopping:
            raise HTTPException(503, "The server is stopping; ask again in a second.", RETRY)
        self.in_flight += 1
        try:
            async with asyncio.timeout(self.limits.answer_seconds):
                outputs = await self.batcher.submit(rows)
        except asyncio.QueueFull:
            sentence = f"{self.limits.max_queue} requests wait already; ask again."
            raise HTTPException(503, sentence, RETRY) from None
        except TimeoutError:
            raise HTTPException(503, "The answer took too long; ask again.", RETRY) from None
        finally:
            self.in_flight -= 1
        if (row := first_infinite(outputs)) is not None:
            sentence = f"The model's answer to row {row} is not finite; check its numbers."
            raise HTTPException(422, sentence)
        self.metrics.seconds.observe(time.perf_counter() - start)
        return JSONResponse({"outputs": outputs.tolist()})

    async def health(self, _: Request) -> Response:
        """Tell that the server takes requests, and with which model; 503 while it stops."""
        facts = {
            "status": "stopping" if self.stopping else "ready",
            "model": self.model.name,
            "input_shape": self.model.input_shape,
            "output_size": self.model.output_size,
        }
        return JSONResponse(facts, 503 if self.stopping else 200)

    async def measured(self, _: Request) -> Response:
        """Return counts and times for Prometheus."""
        return Response(self.metrics.text(), media_type="text/plain; version=0.0.4")

    async def _body(self, request: Request) -> bytes:
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json":
            raise HTTPException(415, "The content type should be application/json.", CLOSE)
        limit, body, size = self.limits.max_body, bytearray(), 0
        try:
            async with asyncio.timeout(self.limits.read_seconds):
                # A body that is too large is read on for a while, so that its sender sees the
                # answer instead of a broken connection; it is not kept.
                async for piece in request.stream():
                    size += len(piece)
                    if size <= limit:
                        body += piece
                    elif size > 16 * limit:
                        break
        except TimeoutError:
            sentence = f"The body should arrive within {self.limits.read_seconds:g} seconds."
            raise HTTPException(408, sentence, CLOSE) from None
        except ClientDisconnect:
            raise HTTPException(400, "The connection closed within the body.", CLOSE) from None
        if size > limit:
            sentence = f"The body should have at most {limit} bytes; send fewer rows."
            raise HTTPException(413, sentence, CLOSE)
        return bytes(body)
