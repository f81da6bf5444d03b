"""Run an answer with a limit on time and on what it prints, whatever it does."""

from __future__ import annotations

import contextlib
import ctypes
import io
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

SECONDS = 10.0


class TooSlow(Exception):  # noqa: N818
    """The answer did not end in time."""


class _Sink(io.TextIOBase):
    """Take printed text and keep none of it: a check has one output, its result."""

    def write(self, text: str) -> int:
        return len(text)


def limited(run: Callable[[], None], seconds: float = SECONDS) -> None:
    """Call a function; stop it after a while; drop what it prints.

    In the main thread of Linux and macOS a timer signal stops Python code wherever it is. Elsewhere
    the call runs in a second thread, into which the same exception is thrown.

    Args:
        run: the function.
        seconds: time that it may take.

    Raises:
        TooSlow: it took longer.
        BaseException: whatever the function raised.
    """
    with contextlib.redirect_stdout(_Sink()), contextlib.redirect_stderr(_Sink()):
        main = threading.current_thread() is threading.main_thread()
        if main and hasattr(signal, "setitimer"):
            with _alarm(seconds):
                run()
        else:
            _in_thread(run, seconds)


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    # The second ring, and those after it, reach an answer that catches the first.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


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
        number = ctypes.c_ulong(worker.ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(TooSlow))
        worker.join(1.0)
        raise TooSlow
    if raised:
        raise raised[0]
