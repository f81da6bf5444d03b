"""Ctrl-C, which a terminal sends to the whole group of processes: no traceback of ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

# It does as JupyterLab: the first Ctrl-C asks, the second ends it.
ASKS = """
import signal, sys, time
def ask(*_):
    signal.signal(signal.SIGINT, lambda *_: sys.exit(7))
    time.sleep(1)
    print("sure?", flush=True)
signal.signal(signal.SIGINT, ask)
print("ready", flush=True)
while True:
    time.sleep(60)
"""


def at_a_terminal() -> None:
    """Undo what a shell does that starts the tests in the background: it has Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name == "nt", reason="needs process groups")
def test_the_program_that_a_command_started_decides() -> None:
    code = "import sys; from tools import __main__ as cli; print(cli._python('-c', sys.argv[1]))"
    with subprocess.Popen(
        [sys.executable, "-c", code, ASKS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=at_a_terminal,
    ) as command:
        assert command.stdout is not None
        for words in ("ready\n", "sure?\n"):
            assert command.stdout.readline() == words
            os.killpg(command.pid, signal.SIGINT)
        out, err = command.communicate(timeout=60)
    assert (out, err) == ("7\n", "")


def test_a_command_of_ours_ends_without_a_traceback() -> None:
    code = """
import os, signal
from tools import __main__ as cli
def bench(_):
    "Measure."
    os.kill(os.getpid(), signal.SIGINT)
cli.COMMANDS = (bench,)
raise SystemExit(cli.main(["bench"]))
"""
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-c", code]
    ended = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, preexec_fn=at_a_terminal
    )
    assert (ended.returncode, ended.stderr) == (130, "")
