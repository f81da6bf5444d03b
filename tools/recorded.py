"""What pages record, read back: from their printed lines, and from the log with all digits."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from companion.results import NAME, Recorded

LINE = re.compile(rf"({NAME.pattern.rstrip('$')}) = (\S.*)$", re.MULTILINE)


def parse(text: str) -> dict[str, str]:
    """Return the recorded values in a cell's printed text, by name."""
    return dict(LINE.findall(text))


def read_log(path: Path) -> list[Recorded]:
    """Return what was recorded while ``results.LOG`` named this file; nothing if there is none."""
    if not path.exists():
        return []
    return [restored(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def restored(entry: dict[str, Any]) -> Recorded:
    """Return what ``dataclasses.asdict`` and JSON made of a recorded value, as it was."""
    return Recorded(**{**entry, "over": tuple(entry["over"])})
