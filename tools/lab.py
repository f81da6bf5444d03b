"""Where ``make lab`` opens JupyterLab: at the chapter that was last read there."""

from __future__ import annotations

from pathlib import Path

from companion.errors import CourseError
from companion.files import read_json

LANDING = "book/index.md"
# JupyterLab notes its open tabs here, in the course and not in the reader's home, where the tabs of
# another course might be; git ignores the folder.
TABS = Path("book") / ".course" / "lab"
_NOTEBOOK = "notebook:"


def last_read(folder: Path) -> str:
    """Return the page in front when JupyterLab was last used here, else the landing page.

    Args:
        folder: the course's, with ``book`` in it.

    Returns:
        A path inside the folder, such as ``book/04-mathematics.ipynb``.
    """
    notes = (folder / TABS).glob("*.jupyterlab-workspace")
    for note in sorted(notes, key=lambda path: path.stat().st_mtime, reverse=True):
        page = _in_front(note)
        if page and (folder / page).is_file():
            return page
    return LANDING


def _in_front(note: Path) -> str:
    """Return the notebook in front by JupyterLab's note of its tabs; nothing if it names none."""
    try:
        front = read_json(note)["data"]["layout-restorer:data"]["main"]["current"]
    except (CourseError, KeyError, TypeError):
        return ""
    return front.removeprefix(_NOTEBOOK) if str(front).startswith(_NOTEBOOK) else ""
