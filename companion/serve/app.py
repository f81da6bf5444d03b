"""What a request may be, and the one sentence that refuses every other."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from numpy.typing import NDArray
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from companion.serve.batching import Batcher, Full
from companion.serve.metrics import Metrics
from companion.serve.model import ServedModel

PATHS = ("/predict", "/health", "/metrics")


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
    """

    max_batch: int = 32
    max_wait: float = 0.002
    max_queue: int = 256
    max_body: int = 2**20
    read_seconds: float = 5.0
    answer_seconds: float = 10.0
    max_connections: int = 512


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
        if size > limit:
            raise Refusal(
                413, f"The body should have at most {limit} bytes; send fewer rows.", close=True
            )
        return bytes(body)


class Counted:
    """Count every answer by path and status; unknown paths share one name.

    Args:
        app: the application inside.
        metrics: where to count.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and note the status as it goes out."""

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                path = scope["path"] if scope["path"] in PATHS else "other"
                self.metrics.responses[path, message["status"]] += 1
            await send(message)

        await self.app(scope, receive, noted)


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
    finite = np.isfinite(values).reshape(len(rows), -1).all(1)
    if not finite.all():
        raise Refusal(
            422, f"Row {int(finite.argmin())} holds a number that is not finite in 32 bits."
        )
    return values


def make_app(model: ServedModel, limits: Limits | None = None) -> FastAPI:
    """Return the application; its state holds the :class:`Service`.

    Args:
        model: what answers.
        limits: what the server takes on.
    """
    service = Service(model, limits or Limits())
    # The interactive pages would load scripts from other machines.
    app = FastAPI(lifespan=service.running, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service
    app.add_api_route("/predict", service.predict, methods=["POST"])
    app.add_api_route("/health", service.health, methods=["GET"])
    app.add_api_route("/metrics", service.measured, methods=["GET"])
    app.add_middleware(Counted, metrics=service.metrics)
    # A web page that points its own name at this machine is not a local client.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.add_exception_handler(Refusal, _refuse)
    app.add_exception_handler(HTTPException, _refuse_path)
    app.add_exception_handler(Exception, _fail)
    return app


async def _refuse(_: Request, error: Exception) -> Response:
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


def _fits(row: Any, shape: tuple[int, ...]) -> bool:
    """Whether nested lists have a shape, with plain numbers inside: no text, no true, no null."""
    if not isinstance(row, list) or len(row) != shape[0]:
        return False
    if len(shape) > 1:
        return all(_fits(part, shape[1:]) for part in row)
    return all(type(value) is float for value in row)


def _refuse_constant(name: str) -> float:
    raise Refusal(422, f"{name} is not a number that a model can take; fill it in or leave it out.")
