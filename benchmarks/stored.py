"""What runs beforehand runs a page's own cells, so that the page and the stored file agree."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

from companion.files import write_text

BOOK = Path(__file__).resolve().parents[1] / "book"
TAG = "stored-run"


def page_names(page: str, pieces: Sequence[str] = ()) -> dict[str, Any]:
    """Run a page's imports and its cells with the tag; return what they define.

    Args:
        page: its name, such as ``08j-trust``.
        pieces: code by which further cells are known that must run before those with the tag.
    """
    nb = nbformat.read(BOOK / f"{page}.ipynb", as_version=4)
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    names: dict[str, Any] = {}
    os.chdir(BOOK)  # where the page's kernel runs
    for i, cell in enumerate(cells):
        tagged = TAG in cell.metadata.get("tags", ())
        if i < 2 or tagged or any(piece in cell.source for piece in pieces):
            exec(cell.source, names)
    return names


def load(path: Path, about: str) -> dict[str, Any]:
    """Return what is stored so far, or the beginning of it."""
    if path.exists():
        return dict(json.loads(path.read_text(encoding="utf-8")), about=about)
    return {"about": about}


def save(path: Path, stored: dict[str, Any]) -> None:
    """Write one entry a line, so that a difference can be read."""
    parts = []
    for name, value in stored.items():
        if isinstance(value, list):
            lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in value)
            parts.append(f" {json.dumps(name)}: [\n{lines}\n ]")
        else:
            parts.append(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    write_text(path, "{\n" + ",\n".join(parts) + "\n}\n")
