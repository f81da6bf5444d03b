"""What mutations of the server had left unnoticed, such as its patience when it stops."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from companion.serve.app import Limits, make_app
from companion.serve.metrics import ROWS, SECONDS
from companion.serve.server import GRACE_SECONDS, NOTICE_SECONDS, GracefulServer

LIMIT = 1000


@pytest.mark.parametrize(
    ("since", "in_flight", "over"),
    [
        (None, 0, False),
        (NOTICE_SECONDS / 2, 0, False),
        (2 * NOTICE_SECONDS, 0, True),
        (2 * NOTICE_SECONDS, 1, False),
        (GRACE_SECONDS, 1, True),
    ],
)
def test_a_stop_waits_for_what_is_in_flight_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, since: float | None, in_flight: int, over: bool
) -> None:
    server = GracefulServer(_Model(), Limits(), 0)  # type: ignore[arg-type]
    server.service.in_flight = in_flight
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    if since is not None:
        server._stopping_since = now - since
    assert asyncio.run(server.on_tick(1)) is over


@pytest.mark.parametrize("bounds", [SECONDS, ROWS])
def test_bounds_of_histograms_are_positive_and_rise(bounds: tuple[float, ...]) -> None:
    assert bounds == tuple(sorted({abs(bound) for bound in bounds} - {0}))


@pytest.mark.parametrize(("sent", "read"), [(10, 10), (1000, 17)])
def test_of_a_body_too_large_only_so_much_is_read(sent: int, read: int) -> None:
    """Sixteen times the limit, so that its sender sees the answer; an endless one is cut off."""
    app = make_app(_Model(), Limits(max_body=LIMIT))  # type: ignore[arg-type]
    asked, answers = [0], list[Any]()

    async def receive() -> dict[str, Any]:
        asked[0] += 1
        return {"type": "http.request", "body": LIMIT * b" ", "more_body": asked[0] < sent}

    async def send(message: Any) -> None:
        answers.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/predict", "query_string": b""}
    asyncio.run(app(scope | {"headers": headers}, receive, send))
    assert answers[0]["status"] == 413
    assert asked[0] == read


class _Model:
    name, input_shape, predict = "none", (4,), None
