"""The server as a process of its own: start it, learn where it listens, stop it."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from companion.errors import CourseError

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


class ServerProcess:
    """A running server, as a context manager; leaving the block stops it gracefully.

    A notebook's stop button does not reach it. It stops when whoever started it ends.

    Args:
        model: the ``.tflite`` file; its folder is the only one the server reads.
        port: 0 takes a free one.
        limits: other :class:`companion.serve.service.Limits`, such as ``max_batch=1``.

    Attributes:
        url: where it answers, such as ``http://127.0.0.1:40123``.

    Raises:
        CourseError: the server did not start; with its own sentence.
    """

    def __init__(self, model: Path | str, *, port: int = 0, **limits: float) -> None:
        file = Path(model)
        command = [sys.executable, "-m", "companion.serve", "--until-stdin-closes"]
        command += ["--root", str(file.parent)]
        for name, value in {"model": file.name, "port": port, **limits}.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        # A pipe that nobody reads would fill up and stop the server. Appended to: we read it too.
        self._log = tempfile.TemporaryFile("a+")  # noqa: SIM115 - as long as the process
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        address = _ADDRESS.search(self.process.stdout.readline())
        if address is None:
            self._ended(30)
            raise CourseError(f"The server did not start: {' '.join(self.log.split())[-300:]}")
        self.url = address[0]

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rsplit(":", 1)[1])

    @property
    def log(self) -> str:
        """What it wrote on standard error so far."""
        self._log.seek(0)
        return self._log.read()

    def stop(self, seconds: float = 30) -> int:
        """Ask it to stop (SIGTERM), wait, and return its exit code: 0 after a graceful stop."""
        self.process.terminate()
        return self._ended(seconds)

    def kill(self) -> int:
        """End it at once (SIGKILL), whatever it was doing."""
        self.process.kill()
        return self._ended(30)

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def _ended(self, seconds: float) -> int:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.process.kill()
        self.process.communicate()
        return self.process.returncode
