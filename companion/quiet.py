"""A silent start of TensorFlow, wherever it is imported from.

Its first lines on standard error ("oneDNN custom operations are on", "could not find cuda drivers")
come before its own log level counts, so a variable cannot stop them. While the module is imported a
small process of its own drops them and passes every other line on at once: a process, because it
still has the last words when the import ends in a crash.
"""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_START_UP = r"WARNING: All log messages before absl|[IW]\d{4,} .*(port\.cc|cudart_stub\.cc|cuda_)"
_FILTER = """
import re, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
for line in sys.stdin.buffer:
    if not re.match(sys.argv[1].encode(), line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""
# There is one file descriptor 2: two that redirect it at once would put back each other's pipe.
_one_at_a_time = threading.RLock()


class QuietTensorFlow(MetaPathFinder):
    """Wrap the import of ``tensorflow``."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return TensorFlow's own spec, with a loader that runs quietly."""
        if name != "tensorflow":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            run = without_lines(_START_UP)(spec.loader.exec_module)
            spec.loader.exec_module = run  # type: ignore[method-assign]
        return spec


@contextlib.contextmanager
def without_lines(pattern: str) -> Iterator[None]:
    """Drop lines from file descriptor 2, where compiled code writes past ``sys.stderr``.

    Args:
        pattern: a regular expression for the beginning of a line; other lines pass at once.
    """
    if sys.stderr is None:  # a program without a standard error has nothing to keep quiet
        yield
        return
    with _one_at_a_time:
        sys.stderr.flush()
        kept = os.dup(2)
        command = [sys.executable, "-I", "-S", "-c", _FILTER, pattern]
        passing = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=kept)
        assert passing.stdin is not None
        os.dup2(passing.stdin.fileno(), 2)
        passing.stdin.close()
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            # A program started meanwhile may hold the pipe for as long as it runs.
            with contextlib.suppress(subprocess.TimeoutExpired):
                passing.wait(1)
