"""The real server in a process of its own, on a free port of this machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import keras
import numpy as np
import pytest

from companion.errors import CourseError
from companion.serve.__main__ import main
from companion.serve.export import save
from companion.serve.process import ServerProcess

GOOD = {"rows": [[0.0, 1.0, 2, -3.5]]}


@pytest.fixture(scope="module")
def server(
    contents: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    file = save(contents["float32"], tmp_path_factory.mktemp("serve") / "small.tflite")
    with ServerProcess(file, read_seconds=1, max_connections=40) as running:
        yield running
    assert running.process.returncode == 0  # asked to stop, and not killed


def exchange(port: int, *pieces: bytes, pause: float = 0.0) -> tuple[int, str]:
    """Send raw bytes and return the status and body of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        for piece in pieces:
            link.sendall(piece)
            time.sleep(pause)
        received = b""
        while chunk := link.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]


def test_many_clients_each_get_their_own_answer(
    server: ServerProcess, network: keras.Model, rows: np.ndarray
) -> None:
    truth = np.asarray(network(rows))

    def one(i: int) -> float:
        answer = client.post("/predict", json={"rows": rows[i : i + 1].tolist()})
        return float(np.abs(np.array(answer.json()["outputs"][0]) - truth[i]).max())

    # One client: to make each takes long enough on a busy machine to miss the head's deadline.
    with httpx.Client(base_url=server.url) as client, ThreadPoolExecutor(8) as pool:
        assert max(pool.map(one, range(100))) < 1e-5


def test_it_listens_on_loopback_only(server: ServerProcess) -> None:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        address, state = line.split()[1], line.split()[3]
        if state == "0A" and int(address.split(":")[1], 16) == server.port:
            assert address.startswith("0100007F")
            break
    else:
        raise AssertionError("the port is not listened on")


def test_slow_head_and_slow_body(server: ServerProcess) -> None:
    head = b"POST /predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    beginnings = (
        ([b"GET /health HT"], "The head of a request should arrive within 1 seconds."),
        # One byte now and then does not help.
        ([bytes([b]) for b in head[:8]], "The head of a request should arrive within 1 seconds."),
        ([head + b"content-length: 100\r\n\r\n{"], "The body should arrive within 1 seconds."),
    )
    with ThreadPoolExecutor(len(beginnings)) as pool:
        jobs = [pool.submit(exchange, server.port, *sent, pause=0.1) for sent, _ in beginnings]
    assert [job.result() for job in jobs] == [(408, words) for _, words in beginnings]


def test_a_second_head_on_the_same_connection_has_its_deadline_too(server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as link:
        link.sendall(b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert b"200 OK" in link.recv(65536)
        link.sendall(b"GET /hea")
        start, received = time.perf_counter(), b""
        while chunk := link.recv(65536):
            received += chunk
        assert b" 408 " in received.splitlines()[0]
        assert time.perf_counter() - start < 3


def test_what_is_not_http(server: ServerProcess) -> None:
    sentence = "The request is not HTTP, or its head is too long."
    assert exchange(server.port, b"\x16\x03\x01 hello\r\n\r\n") == (400, sentence)
    assert exchange(server.port, b"GET / HTTP/1.1\r\nx: " + b"y" * 200_000) == (400, sentence)


def test_a_body_of_several_megabytes_sees_its_answer(server: ServerProcess) -> None:
    headers = {"content-type": "application/json"}
    answer = httpx.post(f"{server.url}/predict", content=b" " * 5_000_000, headers=headers)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")


def test_one_connection_too_many(server: ServerProcess) -> None:
    links = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(40)]
    try:
        time.sleep(0.1)
        status, words = exchange(server.port)
        assert (status, words) == (503, "Too many connections are open; ask again.")
    finally:
        for link in links:
            link.close()
    time.sleep(0.2)
    assert httpx.get(f"{server.url}/health").status_code == 200


def test_clients_that_leave_within_a_body_and_what_it_logs_stop_nothing(
    server: ServerProcess,
) -> None:
    head = b"POST /predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    for sent in (head + b"content-length: 99\r\n\r\n{", b"no HTTP\r\n\r\n"):
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as link:
                link.sendall(sent)
    assert httpx.post(f"{server.url}/predict", json=GOOD).status_code == 200
    assert "Traceback" not in server.log
    wait_until(lambda: "Invalid HTTP" in server.log)


def test_refusals_before_the_application_are_counted(server: ServerProcess) -> None:
    def counted() -> int:
        lines = httpx.get(f"{server.url}/metrics").text.splitlines()
        name = 'course_responses_total{path="other",status="400"} '
        return sum(int(float(x.removeprefix(name))) for x in lines if x.startswith(name))

    before = counted()
    exchange(server.port, b"no HTTP\r\n\r\n")
    assert counted() == before + 1


def test_an_interrupt_of_our_process_group_leaves_it_alone(server: ServerProcess) -> None:
    """A notebook's stop button signals the whole group of the kernel."""
    assert os.getpgid(server.process.pid) != os.getpgrp()


@pytest.mark.parametrize("how", ["return", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_it_ends_with_whoever_started_it(file: Path, how: str) -> None:
    code = (
        "import os, sys; from companion.serve.process import ServerProcess\n"
        "server = ServerProcess(sys.argv[1]); print(server.url, flush=True)\n"
    )
    code += how if how != "return" else ""
    command = [sys.executable, "-c", code, str(file)]
    url = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()

    def gone() -> bool:
        try:
            return not httpx.get(f"{url}/health")
        except httpx.TransportError:
            return True

    wait_until(gone)


def test_a_stop_answers_what_was_accepted_and_refuses_the_rest(
    contents: dict[str, bytes], tmp_path: Path
) -> None:
    file = save(contents["float32"], tmp_path / "small.tflite")
    # A long wait for company keeps what was accepted in the queue while the signal comes.
    server = ServerProcess(file, max_batch=256, max_wait=1.5)
    with httpx.Client(base_url=server.url, timeout=60) as client:
        answers: list[tuple[int, Any]] = []

        def ask() -> None:
            answer = client.post("/predict", json=GOOD)
            answers.append((answer.status_code, answer.json()))

        threads = [threading.Thread(target=ask) for _ in range(30)]
        for thread in threads:
            thread.start()
        wait_until(lambda: in_flight(client) >= 5)
        server.process.terminate()
        wait_until(lambda: client.get("/health").status_code == 503)
        late = client.post("/predict", json=GOOD)
        for thread in threads:
            thread.join()
    assert late.status_code == 503
    assert (late.json()["error"], late.headers["retry-after"]) == (
        "The server is stopping; ask again in a second.",
        "1",
    )
    assert len(answers) == 30
    given = [json.dumps(body) for status, body in answers if status == 200]
    assert len(given) >= 5
    assert len(set(given)) == 1
    # Those that had not been accepted when the signal came were told so.
    assert {body["error"] for status, body in answers if status != 200} <= {late.json()["error"]}
    assert server.stop() == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/health")


def in_flight(client: httpx.Client) -> int:
    lines = client.get("/metrics").text.splitlines()
    return int(float(next(x for x in lines if x.startswith("course_in_flight ")).split()[1]))


def wait_until(true: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def test_killed_and_started_again(contents: dict[str, bytes], tmp_path: Path) -> None:
    file = save(contents["float32"], tmp_path / "small.tflite")
    server = ServerProcess(file)
    before = httpx.post(f"{server.url}/predict", json=GOOD).json()
    server.kill()
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{server.url}/predict", json=GOOD)
    with ServerProcess(file, port=server.port) as again:
        assert httpx.post(f"{again.url}/predict", json=GOOD).json() == before


def test_a_server_that_cannot_start_says_why(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "bad.tflite").write_text("no model")
    with pytest.raises(CourseError, match=r"did not start: bad\.tflite is not a LiteRT file"):
        ServerProcess(tmp_path / "bad.tflite")
    assert main(["--model", "../bad.tflite", "--root", str(tmp_path)]) == 2
    assert "outside the folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value"), [("port", "65536"), ("port", "-1"), ("max-wait", "inf")]
)
def test_options_out_of_range_are_one_sentence(
    file: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    assert main(["--model", file.name, "--root", str(file.parent), f"--{option}={value}"]) == 2
    said = capsys.readouterr().err
    assert value in said
    assert said.count("\n") == 1
