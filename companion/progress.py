"""A line that says how far long work has come, where someone looks and nowhere else."""

import os
import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm


def watched(steps: Iterable[Any], *, show: bool = True) -> tqdm:
    """Wrap what a loop goes over, so that a line shows how far it is; the line goes at the end.

    It is seen in a terminal and in JupyterLab. Elsewhere, and where ``COURSE_QUIET`` is set (as
    when pages are refreshed or compared), nothing is written, so that a page's stored output stays
    the same.

    Args:
        steps: what the loop goes over.
        show: whether to show it at all.
    """
    person = sys.stderr.isatty() or "ipykernel" in sys.modules
    quiet = not (show and person) or bool(os.environ.get("COURSE_QUIET"))
    return tqdm(steps, leave=False, disable=quiet)
