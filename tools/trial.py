"""``make trial NAME=…``: a reader's own trial, from a template to a check of what it lacks."""

from __future__ import annotations

import re
from pathlib import Path

from companion.errors import CourseError
from tools import notebooks, trial_check

TEMPLATE = Path(__file__).with_name("trial.ipynb")
FOLDER = Path("trials")  # not in git: a reader's own
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def new(name: str, root: Path = Path()) -> Path:
    """Copy the template to ``trials/NAME.ipynb``, unless that is there already.

    Args:
        name: small letters, digits and hyphens.
        root: the course's folder.

    Returns:
        The notebook's path.

    Raises:
        CourseError: the name would not do for a file.
    """
    path = _path(name, root)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        nb = notebooks.read(TEMPLATE)
        nb.cells[0].source = nb.cells[0].source.replace("NAME", name, 1)
        notebooks.write(path, nb)
    return path


def report(name: str, root: Path = Path()) -> tuple[str, bool]:
    """Say what a trial lacks.

    Returns:
        A list for the terminal, and whether nothing is missing.

    Raises:
        CourseError: there is no such trial.
    """
    path = _path(name, root)
    if not path.exists():
        raise CourseError(f"There is no {path}; `make trial NAME={name}` makes it.")
    lacking = trial_check.missing(path)
    if lacking:
        return "\n".join([f"{path} still lacks:", *(f"- {one}" for one in lacking)]), False
    return f"{path}: nothing is missing. Now let somebody try to overturn it.", True


def _path(name: str, root: Path) -> Path:
    if not NAME.fullmatch(name):
        raise CourseError(
            f"A trial has a name such as 'dropout-helps', of small letters, not {name!r}."
        )
    return root / FOLDER / f"{name}.ipynb"
