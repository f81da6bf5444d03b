"""A lock between processes that the system releases when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

WAIT_SECONDS = 10.0

if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Hold a lock file while the block runs; the empty file stays behind.

    Args:
        lock: the file; it and its folder are made when absent.

    Raises:
        OSError: it cannot be made, or another process holds it for :data:`WAIT_SECONDS`.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        _wait(descriptor)
        yield
    finally:
        os.close(descriptor)  # releases it


def _wait(descriptor: int) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return _try(descriptor)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                raise
            if time.monotonic() > end:
                raise OSError(error.errno, "another program holds it") from None
        time.sleep(0.01)
