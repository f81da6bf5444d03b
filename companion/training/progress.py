"""A progress line that leaves nothing behind, so that a page's stored output stays the same."""

from __future__ import annotations

import html
import os
import sys
from types import TracebackType
from typing import Any, Self


class Progress:
    """Show how far long work has come; remove the line when it ends.

    In a terminal it is one line on standard error, in JupyterLab a bar; elsewhere, and where
    ``COURSE_QUIET`` is set (as when pages are refreshed or compared), it shows nothing.
    """

    def __init__(self, total: int, *, show: bool = True) -> None:
        self.total = total
        show = show and not os.environ.get("COURSE_QUIET")
        self._handle = _notebook_handle() if show else None
        self._terminal = show and self._handle is None and sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def update(self, done: int, text: str) -> None:
        """Show that ``done`` of ``total`` is done, with a short text beside it."""
        if self._handle is not None:
            bar = f'<progress max="{self.total}" value="{done}"></progress> {html.escape(text)}'
            self._handle.update({"text/html": bar, "text/plain": text}, raw=True)
        elif self._terminal:
            filled = 30 * done // max(self.total, 1)
            line = f"[{'=' * filled}{' ' * (30 - filled)}] {done}/{self.total} {text}"
            print(f"\r{line:<78}", end="", file=sys.stderr, flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._handle is not None:
            self._handle.update({"text/html": "", "text/plain": ""}, raw=True)
        elif self._terminal:
            print(f"\r{' ' * 78}\r", end="", file=sys.stderr, flush=True)


def _notebook_handle() -> Any:
    """Return a display handle inside a Jupyter kernel, else ``None``."""
    if "ipykernel" not in sys.modules:
        return None
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        return None
    return display({"text/html": "", "text/plain": ""}, raw=True, display_id=True)
