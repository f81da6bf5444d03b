"""What a request may be, and the one sentence that refuses every other."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from numpy.typing import NDArray
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from companion.errors import CourseError
from companion.serve.batching import Batcher, Full
from companion.serve.metrics import Metrics
from companion.serve.model import ServedModel

PATHS = ("/predict", "/health", "/metrics")
LOCAL_NAMES = ("127.0.0.1", "localhost")


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


class Refusal(Exception):  # noqa: N818 - an answer to the client
    """An answer other than 200: a status and one sentence.

    Args:
        status: of HTTP.
        sentence: what was wrong, and what is expected.
        retry: whether the same request may succeed a second later.
        close: whether the connection cannot be used again, because of what is still unread in it.
    """

    def __init__(
        self, status: int, sentence: str, *, retry: bool = False, close: bool = False
    ) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence
        self.headers = {"retry-after": "1"} if retry else {}
        if close:
            self.headers["connection"] = "close"


class Service:
    """The state behind the paths: model, queue, counts, and whether the server is stopping."""

    def __init__(self, model: ServedModel, limits: Limits) -> None:
        self.model, self.limits, self.metrics = model, limits, Metrics()
        self.stopping, self.in_flight = False, 0
        self.batcher: Batcher

    @asynccontextmanager
    async def running(self, _: FastAPI) -> AsyncIterator[None]:
        """Run the batcher's task while the application lives."""
        self.batcher = Batcher(
            self.model.predict,
            max_batch=self.limits.max_batch,
            max_wait=self.limits.max_wait,
            max_queue=self.limits.max_queue,
            observe=self.metrics.batch_rows.observe,
        )
        task = asyncio.create_task(self.batcher.run())
        yield
        task.cancel()

    async def predict(self, request: Request) -> Response:
        """Answer ``{"rows": [[…], …]}`` with ``{"outputs": [[…], …]}``, row by row."""
        start = time.perf_counter()
        rows = parse_rows(await self._body(request), self.model.input_shape, self.limits.max_batch)
        if self.stopping:
            raise Refusal(503, "The server is stopping; ask again in a second.", retry=True)
        self.in_flight += 1
        try:
            async with asyncio.timeout(self.limits.answer_seconds):
                outputs = await self.batcher.submit(rows)
        except Full:
            raise Refusal(
                503, f"{self.limits.max_queue} requests wait already; ask again.", retry=True
            ) from None
        except TimeoutError:
            raise Refusal(503, "The answer took too long; ask again.", retry=True) from None
        finally:
            self.in_flight -= 1
        if (row := _first_infinite(outputs)) is not None:
            raise Refusal(422, f"The model's answer to row {row} is not finite; check its numbers.")
        self.metrics.seconds.observe(time.perf_counter() - start)
        return JSONResponse({"outputs": outputs.tolist()})

    async def health(self) -> Response:
        """Tell that the server takes requests, and with which model; 503 while it stops."""
        facts = {
            "status": "stopping" if self.stopping else "ready",
            "model": self.model.name,
            "sha256": self.model.sha256,
            "input_shape": list(self.model.input_shape),
            "output_size": self.model.output_size,
        }
        return JSONResponse(facts, 503 if self.stopping else 200)

    async def measured(self) -> Response:
        """Return counts and times for Prometheus."""
        text = self.metrics.text(waiting=self.batcher.waiting, in_flight=self.in_flight)
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    async def _body(self, request: Request) -> bytes:
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json":
            raise Refusal(415, "The content type should be application/json.", close=True)
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
            seconds = f"{self.limits.read_seconds:g} seconds"
            raise Refusal(408, f"The body should arrive within {seconds}.", close=True) from None
        except ClientDisconnect:
            raise Refusal(400, "The connection closed within the body.", close=True) from None
        if size > limit:
            raise Refusal(
                413, f"The body should have at most {limit} bytes; send fewer rows.", close=True
            )
        return bytes(body)


class Application(FastAPI):
    """Refuses foreign names, and counts every answer by path and status."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the count around everything, also around what answers a failure."""
        inner = super().build_middleware_stack()

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    # Unknown paths share one name, or clients could fill the memory with names.
                    path = scope["path"] if scope["path"] in PATHS else "other"
                    self.state.service.metrics.responses[path, message["status"]] += 1
                await send(message)

            # A web page that points its own name at this machine is not a local client.
            if scope["type"] == "http" and _host(scope) not in LOCAL_NAMES:
                refusal = Refusal(
                    400, f"The host should be {' or '.join(LOCAL_NAMES)}.", close=True
                )
                await _refuse(refusal)(scope, receive, noted)
            else:
                await inner(scope, receive, noted)

        return counted


def parse_rows(body: bytes, shape: tuple[int, ...], most: int) -> NDArray[np.float32]:
    """Read ``{"rows": [[…], …]}``.

    Args:
        body: of the request.
        shape: of one row.
        most: rows in a request.

    Returns:
        ``(n, *shape)``, finite.

    Raises:
        Refusal: 400 for a body that is not JSON, 422 for one that is not what was asked.
    """
    try:
        # Whole numbers become floats at once: a whole number may have any number of digits.
        content = json.loads(body, parse_int=float, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not JSON.") from None
    if not isinstance(content, dict) or set(content) != {"rows"}:
        raise Refusal(422, 'The body should be an object {"rows": [[…], …]} and nothing else.')
    rows = content["rows"]
    if not isinstance(rows, list) or not 1 <= len(rows) <= most:
        raise Refusal(422, f"There should be 1 to {most} rows in a request.")
    wanted = " × ".join(map(str, shape))
    for i, row in enumerate(rows):
        if not _fits(row, shape):
            raise Refusal(422, f"Row {i} should be a list of {wanted} numbers.")
    with np.errstate(over="ignore"):
        values = np.asarray(rows, np.float64).astype(np.float32)
    if (at := _first_infinite(values)) is not None:
        raise Refusal(422, f"Row {at} holds a number that is not finite in 32 bits.")
    return values


def make_app(model: ServedModel, limits: Limits | None = None) -> FastAPI:
    """Return the application; its state holds the :class:`Service`.

    Args:
        model: what answers.
        limits: what the server takes on.
    """
    service = Service(model, limits or Limits())
    # The interactive pages would load scripts from other machines.
    app = Application(lifespan=service.running, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service
    app.add_api_route("/predict", service.predict, methods=["POST"])
    app.add_api_route("/health", service.health, methods=["GET", "HEAD"])
    app.add_api_route("/metrics", service.measured, methods=["GET", "HEAD"])
    app.add_exception_handler(Refusal, lambda _, error: _refuse(error))
    app.add_exception_handler(HTTPException, _refuse_path)
    app.add_exception_handler(Exception, _fail)
    return app


def _refuse(error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return JSONResponse({"error": error.sentence}, error.status, headers=error.headers)


async def _refuse_path(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = {
        404: "There is no such path; there are /predict, /health and /metrics.",
        405: f"{request.method} is not for this path; POST is for /predict, GET for the others.",
    }.get(error.status_code, str(error.detail))
    return JSONResponse({"error": sentence}, error.status_code, headers=error.headers)


async def _fail(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": "The server failed on this request; its log says why."}, 500)


def _host(scope: Scope) -> str:
    return Headers(scope=scope).get("host", "").rsplit(":", 1)[0].lower()


def _first_infinite(rows: NDArray[np.float32]) -> int | None:
    """Return the number of the first row that holds NaN or infinity."""
    finite = np.isfinite(rows).reshape(len(rows), -1).all(1)
    return None if finite.all() else int(finite.argmin())


def _fits(row: Any, shape: tuple[int, ...]) -> bool:
    """Whether nested lists have a shape, with plain numbers inside: no text, no true, no null."""
    if not isinstance(row, list) or len(row) != shape[0]:
        return False
    if len(shape) > 1:
        return all(_fits(part, shape[1:]) for part in row)
    return all(type(value) is float for value in row)


def _refuse_constant(name: str) -> float:
    raise Refusal(422, f"{name} is not a number that a model can take; fill it in or leave it out.")
