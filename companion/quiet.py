"""A silent start of TensorFlow, wherever it is imported from.

Its first lines on standard error ("oneDNN custom operations are on", "could not find cuda drivers")
come before its own log level counts, so a variable cannot stop them. They are dropped while the
module is imported; every other line is passed on.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

_START_UP = re.compile(
    rb"^(WARNING: All log messages before absl|[IW]\d{4,} .*(port\.cc|cudart_stub\.cc|cuda_))"
)


class QuietTensorFlow(MetaPathFinder):
    """Wrap the import of ``tensorflow`` once, then step aside."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return TensorFlow's own spec, with a loader that runs quietly."""
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module
            spec.loader.exec_module = lambda module: quietly(lambda: run(module))  # type: ignore[method-assign]
        return spec


def quietly(run: Callable[[], None]) -> None:
    """Call a function; of what it writes to file descriptor 2, pass on all but start-up lines."""
    with without_lines(_START_UP):
        run()


@contextlib.contextmanager
def without_lines(pattern: re.Pattern[bytes]) -> Iterator[None]:
    """Drop lines from file descriptor 2, where compiled code writes past ``sys.stderr``.

    Args:
        pattern: matched at the beginning of a line; lines that do not match are passed on at the
            end.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            written.seek(0)
            for line in written:
                if not pattern.match(line):
                    os.write(2, line)
