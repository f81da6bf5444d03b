"""Requests, good and bad, against the application in this process."""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import keras
import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.exceptions import HTTPException

from companion.errors import CourseError
from companion.serve.app import Limits, Service, make_app
from companion.serve.metrics import Metrics
from companion.serve.model import ServedModel
from companion.serve.rows import parse_rows

Sample = tuple[str, tuple[str, ...]]
Scenario = Callable[[httpx.AsyncClient, Service], Awaitable[Any]]
GOOD = {"rows": [[0.0, 1.0, 2, -3.5]]}


def samples(text: str) -> dict[Sample, float]:
    """Return the values of some metrics by name and labels, as Prometheus reads them."""
    families = text_string_to_metric_families(text)
    return {(s.name, tuple(s.labels.values())): s.value for f in families for s in f.samples}


def answered(metrics: Metrics) -> Counter[int]:
    """Return the number of answers of each status."""
    counted: Counter[int] = Counter()
    for (name, labels), value in samples(metrics.text().decode()).items():
        if name == "course_responses_total":
            counted[int(labels[1])] += int(value)
    return counted


def ask(contents: dict[str, bytes], scenario: Scenario, **limits: Any) -> Any:
    """Run a scenario with a client of the application, its batcher running.

    Whatever the scenario asks, at the end every answer must have been counted.
    """
    app = make_app(ServedModel(contents["float32"], "small.tflite"), Limits(**limits))
    seen: Counter[int] = Counter()

    async def note(answer: httpx.Response) -> None:
        seen[answer.status_code] += 1

    async def main() -> Any:
        service = app.state.service
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            service.running(app),
            httpx.AsyncClient(
                transport=transport,
                base_url="http://127.0.0.1",
                event_hooks={"response": [note]},
            ) as client,
        ):
            await scenario(client, service)
        assert answered(service.metrics) == seen

    return asyncio.run(main())


def test_answers_are_the_networks(
    contents: dict[str, bytes], network: keras.Model, rows: np.ndarray
) -> None:
    async def scenario(client: httpx.AsyncClient, _: Service) -> None:
        answers = await asyncio.gather(
            *(client.post("/predict", json={"rows": rows[i : i + 4].tolist()}) for i in range(40))
        )
        truth = np.asarray(network(rows))
        for i, answer in enumerate(answers):
            assert answer.status_code == 200
            np.testing.assert_allclose(answer.json()["outputs"], truth[i : i + 4], atol=1e-5)

    ask(contents, scenario)


REFUSED: list[tuple[str, Any, int, str]] = [
    ("not JSON", b"{rows: 1", 400, "not JSON"),
    ("empty", b"", 400, "not JSON"),
    ("not UTF-8", b'{"rows": "\xff"}', 400, "not JSON"),
    ("nested deeply", b'{"rows": ' + b"[" * 100_000, 400, "not JSON"),
    ("5,000 digits", b'{"rows": [[' + b"9" * 5000 + b", 1, 2, 3]]}", 422, "Row 0 holds a number"),
    ("NaN", b'{"rows": [[NaN, 1, 2, 3]]}', 422, "NaN is not a number"),
    ("infinity", b'{"rows": [[1, -Infinity, 2, 3]]}', 422, "-Infinity is not a number"),
    ("1e999", b'{"rows": [[1, 1e999, 2, 3]]}', 422, "Row 0 holds a number that is not finite"),
    ("1e39", b'{"rows": [[1,1,1,1],[1, 1e39, 2, 3]]}', 422, "Row 1 holds a number"),
    ("10^400", b'{"rows": [[1, 1' + b"0" * 400 + b", 2, 3]]}", 422, "Row 0 holds a number"),
    ("a list", [1, 2], 422, "should be an object"),
    ("another name", {"row": [[1, 2, 3, 4]]}, 422, "should be an object"),
    ("a name too many", GOOD | {"model": "../other"}, 422, "and nothing else"),
    ("no rows", {"rows": []}, 422, "1 to 8 rows"),
    ("too many rows", {"rows": [[0, 0, 0, 0]] * 9}, 422, "1 to 8 rows"),
    ("rows no list", {"rows": "1234"}, 422, "1 to 8 rows"),
    ("short row", {"rows": [[0, 0, 0, 0], [1, 2, 3]]}, 422, "Row 1 should be a list of 4 numbers"),
    ("flat", {"rows": [1, 2, 3, 4]}, 422, "Row 0 should be a list of 4 numbers"),
    ("too deep", {"rows": [[[1], [2], [3], [4]]]}, 422, "Row 0 should be a list of 4 numbers"),
    ("text", {"rows": [["1", 2, 3, 4]]}, 422, "Row 0 should be a list of 4 numbers"),
    ("true", {"rows": [[True, 2, 3, 4]]}, 422, "Row 0 should be a list of 4 numbers"),
    ("null", {"rows": [[None, 2, 3, 4]]}, 422, "Row 0 should be a list of 4 numbers"),
    ("large", b'{"rows": [[' + b" " * 5000 + b"1,2,3,4]]}", 413, "at most 4000 bytes"),
]


@pytest.mark.parametrize(
    ("body", "status", "sentence"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_refusals_are_one_sentence(
    contents: dict[str, bytes], body: Any, status: int, sentence: str
) -> None:
    async def scenario(client: httpx.AsyncClient, service: Service) -> None:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        answer = await client.post("/predict", content=sent, headers=headers)
        assert answer.status_code == status, answer.text
        assert set(answer.json()) == {"error"}
        words = answer.json()["error"]
        assert sentence in words
        assert words.endswith(".")
        assert "\n" not in words
        assert (await client.post("/predict", json=GOOD)).status_code == 200
        assert service.in_flight == 0

    ask(contents, scenario, max_batch=8, max_body=4000 if status == 413 else 200_000)


@pytest.mark.parametrize("kind", ["text/plain", "", "application/jsonx", "multipart/form-data"])
def test_other_content_types(contents: dict[str, bytes], kind: str) -> None:
    async def scenario(client: httpx.AsyncClient, _: Service) -> None:
        answer = await client.post(
            "/predict", content=json.dumps(GOOD), headers={"content-type": kind}
        )
        assert answer.status_code == 415
        assert "application/json" in answer.json()["error"]

    ask(contents, scenario)


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/predict", 405, "POST is for /predict"),
        ("POST", "/health", 405, "POST is not for this path"),
        ("GET", "/docs", 404, "There is no such path"),
        ("GET", "/../secret", 404, "There is no such path"),
    ],
)
def test_other_paths(
    contents: dict[str, bytes], method: str, path: str, status: int, sentence: str
) -> None:
    async def scenario(client: httpx.AsyncClient, _: Service) -> None:
        answer = await client.request(method, path)
        assert (answer.status_code, sentence in answer.json()["error"]) == (status, True)

    ask(contents, scenario)


def test_a_foreign_host_name_is_refused(contents: dict[str, bytes]) -> None:
    async def scenario(client: httpx.AsyncClient, _: Service) -> None:
        for name in ("evil.example", "evil.example:80", "localhost.evil.example", "[::1]:80", ""):
            answer = await client.post("/predict", json=GOOD, headers={"host": name})
            assert (answer.status_code, set(answer.json())) == (400, {"error"})
            assert "localhost" in answer.json()["error"]
        for name in ("127.0.0.1:8000", "LOCALHOST"):
            answer = await client.post("/predict", json=GOOD, headers={"host": name})
            assert answer.status_code == 200

    ask(contents, scenario)


def test_an_answer_that_is_not_finite_is_refused_to_its_asker_only(
    contents: dict[str, bytes],
) -> None:
    async def scenario(client: httpx.AsyncClient, service: Service) -> None:
        service.batcher._predict = lambda rows: np.where(rows > 9, np.inf, rows)
        large = {"rows": [[0, 0, 0, 0], [0, 10, 0, 0]]}
        bad, good = await asyncio.gather(
            client.post("/predict", json=large), client.post("/predict", json=GOOD)
        )
        assert (bad.status_code, good.status_code) == (422, 200)
        assert "row 1" in bad.json()["error"]

    ask(contents, scenario)


def test_who_leaves_within_a_body_is_no_failure_of_ours(contents: dict[str, bytes]) -> None:
    app = make_app(ServedModel(contents["float32"]), Limits())
    kind = (b"content-type", b"application/json")
    scope = {"type": "http", "method": "POST", "path": "/predict", "query_string": b""}
    scope |= {"headers": [(b"host", b"localhost"), kind]}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 400


@pytest.mark.parametrize(
    "limits",
    [
        {"max_wait": math.inf},
        {"max_wait": math.nan},
        {"max_wait": -1},
        {"max_wait": 10},
        {"read_seconds": math.inf},
        {"read_seconds": 0},
        {"max_batch": 0},
        {"max_queue": -1},
    ],
)
def test_limits_that_limit_nothing_are_refused(limits: dict[str, Any]) -> None:
    with pytest.raises(CourseError, match=next(iter(limits))):
        Limits(**limits)


def test_a_slow_body_is_told_so(contents: dict[str, bytes]) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        for byte in json.dumps(GOOD).encode():
            yield bytes([byte])
            await asyncio.sleep(0.05)

    async def scenario(client: httpx.AsyncClient, _: Service) -> None:
        headers = {"content-type": "application/json"}
        answer = await client.post("/predict", content=dripping(), headers=headers)
        assert answer.status_code == 408
        assert answer.json()["error"] == "The body should arrive within 0.2 seconds."

    ask(contents, scenario, read_seconds=0.2)


def test_a_full_queue_and_a_slow_model_ask_to_come_back(contents: dict[str, bytes]) -> None:
    async def scenario(client: httpx.AsyncClient, service: Service) -> None:
        predict = service.model.predict
        service.batcher._predict = lambda rows: (time.sleep(0.4), predict(rows))[1]
        answers = await asyncio.gather(*(client.post("/predict", json=GOOD) for _ in range(6)))
        statuses = sorted(a.status_code for a in answers)
        assert statuses == [200, 200, 503, 503, 503, 503]
        for answer in answers:
            if answer.status_code == 503:
                assert answer.headers["retry-after"] == "1"
                assert answer.json()["error"] == "2 requests wait already; ask again."

    ask(contents, scenario, max_queue=2, max_batch=1)

    async def impatient(client: httpx.AsyncClient, service: Service) -> None:
        predict = service.model.predict
        service.batcher._predict = lambda rows: (time.sleep(0.4), predict(rows))[1]
        answer = await client.post("/predict", json=GOOD)
        assert answer.json()["error"] == "The answer took too long; ask again."
        assert (answer.status_code, service.in_flight) == (503, 0)

    ask(contents, impatient, answer_seconds=0.1)


def test_a_failing_model_is_500_without_details(contents: dict[str, bytes]) -> None:
    async def scenario(client: httpx.AsyncClient, service: Service) -> None:
        def fail(_: Any) -> Any:
            raise RuntimeError("secret path /etc")

        service.batcher._predict = fail
        answer = await client.post("/predict", json=GOOD)
        assert answer.status_code == 500
        assert answer.json() == {"error": "The server failed on this request; its log says why."}

    ask(contents, scenario)


def test_health_and_stopping(contents: dict[str, bytes]) -> None:
    async def scenario(client: httpx.AsyncClient, service: Service) -> None:
        answer = await client.get("/health")
        assert answer.status_code == 200
        for path in ("/health", "/metrics"):
            assert (await client.head(path)).status_code == 200
        facts = answer.json()
        assert (facts["status"], facts["input_shape"], facts["output_size"]) == ("ready", [4], 3)
        service.stopping = True
        answers = [await client.get("/health"), await client.post("/predict", json=GOOD)]
        assert [a.status_code for a in answers] == [503, 503]
        assert answers[1].json()["error"] == "The server is stopping; ask again in a second."
        assert answers[1].headers["retry-after"] == "1"

    ask(contents, scenario)


def test_metrics_are_prometheus_text_and_add_up(contents: dict[str, bytes]) -> None:
    async def scenario(client: httpx.AsyncClient, _: Service) -> None:
        await asyncio.gather(*(client.post("/predict", json=GOOD) for _ in range(5)))
        await client.post("/predict", content=b"x", headers={"content-type": "application/json"})
        await client.get("/none")
        answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        values = samples(answer.text)
        responses = "course_responses_total"
        assert values[responses, ("/predict", "200")] == 5
        assert values[responses, ("/predict", "400")] == 1
        assert values[responses, ("other", "404")] == 1
        assert values["course_predict_seconds_count", ()] == 5
        assert values["course_batch_rows_sum", ()] == 5
        calls = values["course_batch_rows_count", ()]
        assert values["course_batch_rows_bucket", ("+Inf",)] == calls
        assert values["course_batch_rows_bucket", ("1.0",)] <= calls
        assert (values["course_waiting", ()], values["course_in_flight", ()]) == (0, 0)

    ask(contents, scenario)


def test_metrics_tell_what_waits_now(contents: dict[str, bytes]) -> None:
    async def scenario(client: httpx.AsyncClient, service: Service) -> None:
        predict, asked = service.model.predict, threading.Event()
        service.batcher._predict = lambda rows: (asked.wait(20), predict(rows))[1]
        tasks = [asyncio.create_task(client.post("/predict", json=GOOD)) for _ in range(3)]
        while service.in_flight < 3 or service.batcher.waiting > 2:
            await asyncio.sleep(0.01)
        values = samples((await client.get("/metrics")).text)
        asked.set()
        assert (values["course_waiting", ()], values["course_in_flight", ()]) == (2, 3)
        assert [(await task).status_code for task in tasks] == [200] * 3

    ask(contents, scenario, max_batch=1)


def test_rows_of_images_keep_their_shape() -> None:
    body = json.dumps({"rows": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]}).encode()
    assert parse_rows(body, (2, 2), 8).tolist() == [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    with pytest.raises(HTTPException, match="2 × 3 numbers"):
        parse_rows(body, (2, 3), 8)
