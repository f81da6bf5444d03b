"""uvicorn with two things more: a deadline for slow heads, and a stop that loses nothing."""

import asyncio
import json
import os
import signal
import time
from http import HTTPStatus
from types import FrameType
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from companion.errors import CourseError
from companion.serve.app import make_app
from companion.serve.model import ServedModel
from companion.serve.service import CLOSE, RETRY, Limits, Service

HOST = "127.0.0.1"
LAST_PORT = 65535
# While it stops, the server still listens for this long and says so, instead of a closed door.
NOTICE_SECONDS = 0.5
GRACE_SECONDS = 15.0
LINGER_SECONDS = 1.0


class GracefulServer(uvicorn.Server):
    """Stops in three steps: refuse what is new, answer what was accepted, then close.

    Args:
        model: what answers.
        limits: what it takes on.
        port: on 127.0.0.1, for this machine only; 0 takes a free one.

    Raises:
        CourseError: there is no such port.
    """

    def __init__(self, model: ServedModel, limits: Limits, port: int) -> None:
        if not 0 <= port <= LAST_PORT:
            raise CourseError(f"port should be from 1 to {LAST_PORT}, or 0 for a free one: {port}.")
        config = uvicorn.Config(
            make_app(model, limits),
            host=HOST,
            port=port,
            http=TimedProtocol,
            ws="none",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=int(GRACE_SECONDS),
        )
        super().__init__(config)
        self.service = _service(config)
        self._stopping_since: float | None = None

    async def startup(self, sockets: Any = None) -> None:
        """Start to listen, and say where, on one line of standard output."""
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"Serving {self.service.model.name} on http://{HOST}:{port}", flush=True)

    def stop_with_stdin(self) -> None:
        """Begin to stop when whoever holds the other end of standard input is gone."""
        # Not sys.stdin: a thread that waits in it would stop the interpreter from ending.
        while os.read(0, 1024):
            pass
        if not self.service.stopping:
            self.handle_exit(signal.SIGTERM, None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop at the first signal; at a second one, stop at once."""
        if self._stopping_since is None:
            self._stopping_since, self.service.stopping = time.monotonic(), True
        else:
            self.should_exit = self.force_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: has everything that was accepted been answered?"""
        if self._stopping_since is not None:
            waited = time.monotonic() - self._stopping_since
            answered = self.service.in_flight == 0 and waited >= NOTICE_SECONDS
            if answered or waited >= GRACE_SECONDS:
                return True
        return await super().on_tick(counter)


class TimedProtocol(H11Protocol):
    """uvicorn's HTTP, with a deadline for a request's head and a limit on open connections.

    uvicorn waits for ever for the end of a head that has begun; a handful of clients that send a
    byte a minute then hold a connection each, at no cost to them.
    """

    _deadline: asyncio.TimerHandle | None = None
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock, or refuse one connection too many."""
        super().connection_made(transport)
        self._service = _service(self.config)
        self._start()
        if len(self.connections) > self._service.limits.max_connections:
            self._refuse(503, "Too many connections are open; ask again.", RETRY)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Stop the clock at the end of a head; start it at the beginning of the next."""
        if self._refused:
            return
        super().data_received(data)
        # h11 is idle until it has seen a whole head.
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._deadline is None:
            self._start()

    def send_400_response(self, msg: str) -> None:
        """Refuse as everywhere else: in JSON."""
        self._refuse(400, "The request is not HTTP, or its head is too long.")

    def _start(self) -> None:
        self._deadline = self.loop.call_later(self._service.limits.read_seconds, self._late)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        seconds = f"{self._service.limits.read_seconds:g} seconds"
        self._refuse(408, f"The head of a request should arrive within {seconds}.")

    def _refuse(self, status: int, sentence: str, more: dict[str, str] | None = None) -> None:
        self._stop()
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._service.metrics.answered("", status)
        body = json.dumps({"error": sentence}).encode()
        headers = {"content-type": "application/json", "content-length": str(len(body))}
        headers |= CLOSE | (more or {})
        reason = HTTPStatus(status).phrase
        head = h11.Response(status_code=status, headers=[*headers.items()], reason=reason)
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        # A close while the client still sends would reset the connection, and the sentence would
        # be lost with it. So our side closes first, and the rest a little later.
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)


def _service(config: uvicorn.Config) -> Service:
    service: Service = config.app.state.service  # type: ignore[union-attr]
    return service
