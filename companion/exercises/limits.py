"""Run an answer with limits on time, memory and printed text, whatever it does."""

import contextlib
import ctypes
import io
import itertools
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import numpy as np

SECONDS = 10.0
# What an answer may add to the memory of the process; a check needs a few megabytes.
BYTES = 2 << 30
# An answer may catch the first ring and go on. The next ones come within microseconds, so that one
# of them soon falls between its handler and its next attempt; the uneven steps keep them from
# falling on the same instruction each time.
NEXT_RINGS_SECONDS = (1e-6, 2e-6, 3e-6, 5e-6, 8e-6, 13e-6, 21e-6, 100e-6)
# A ring is lost when it comes before the answer has begun, or when the system hands it to another
# thread of a busy process, of which the interpreter's main loop takes no notice: so it is repeated.
RING_AGAIN_SECONDS = 0.05
THREAD_RINGS = 50


class TooSlow(BaseException):
    """The answer did not end in time; no ``except Exception`` of the answer catches it."""


class _Sink(io.TextIOBase):
    """Take printed text and keep none of it: a check has one output, its result."""

    def write(self, text: str) -> int:
        return len(text)


def limited(run: Callable[[], None], seconds: float | None = None) -> None:
    """Call a function; stop it after a while; bound its memory; drop what it prints.

    In the main thread of Linux and macOS a timer signal stops Python code wherever it is. Elsewhere
    the call runs in a second thread, into which the same exception is thrown. Neither stops a
    single call into compiled code, such as ``sum(range(10**12))``: that ends in its own time.
    Settings of NumPy for floating-point errors are as before when the call ends.

    Args:
        run: the function.
        seconds: time that it may take; :data:`SECONDS` when absent.

    Raises:
        TooSlow: it took longer.
        MemoryError: it asked for more than :data:`BYTES` (on Linux).
        BaseException: whatever the function raised.
    """
    allowed = SECONDS if seconds is None else seconds
    with (
        contextlib.redirect_stdout(_Sink()),
        contextlib.redirect_stderr(_Sink()),
        np.errstate(),
        _memory(BYTES),
    ):
        if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
            _with_alarm(run, allowed)
        else:
            _in_thread(run, allowed)


def _with_alarm(run: Callable[[], None], seconds: float) -> None:
    pauses = itertools.cycle(NEXT_RINGS_SECONDS)

    def ring(number: int, frame: FrameType | None) -> None:
        # Only inside the answer: a late ring must not stop what cleans up after it.
        while frame is not None and frame.f_code is not _entered.__code__:
            frame = frame.f_back
        if frame is not None:
            signal.setitimer(signal.ITIMER_REAL, next(pauses), RING_AGAIN_SECONDS)
            raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, RING_AGAIN_SECONDS)
    try:
        _entered(run)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _entered(run: Callable[[], None]) -> None:
    run()


def _in_thread(run: Callable[[], None], seconds: float) -> None:
    raised: list[BaseException] = []

    def target() -> None:
        try:
            run()
        except BaseException as error:
            raised.append(error)

    worker = threading.Thread(target=target, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        _stop(worker)
        raise TooSlow
    if raised:
        raise raised[0]


def _stop(worker: threading.Thread) -> None:
    """Throw until the thread ends; give it up if it never listens."""
    number = ctypes.c_ulong(worker.ident or 0)
    for _ in range(THREAD_RINGS):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(TooSlow))
        worker.join(0.02)
        if not worker.is_alive():
            return


@contextlib.contextmanager
def _memory(extra: int) -> Iterator[None]:
    """Let the process's private memory grow by so many bytes; only Linux counts and keeps it."""
    used = _private_bytes()
    if sys.platform != "linux" or used is None:
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    soft = used + extra
    for bound in before:
        if bound != resource.RLIM_INFINITY:
            soft = min(soft, bound)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _private_bytes() -> int | None:
    with contextlib.suppress(OSError):
        found = re.search(r"^VmData:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
        return int(found[1]) * 1024 if found else None
    return None
