"""The locks, what they hold, and ``environment.yml`` for conda users with the same versions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

WHOLE = "requirements.lock"
BOOK = "requirements-book.lock"
REFERENCE = "requirements-reference.lock"
# The extras that each lock was made for; all but the book's hold the companion's dependencies, too.
LOCKS = {
    WHOLE: ("book", "lab", "test"),
    BOOK: ("book",),
    REFERENCE: ("reference",),
    "requirements-federated.lock": ("federated", "test"),
}
_LINE = re.compile(r"(?m)^[A-Za-z0-9][^\\\n]*")  # what a lock says of a package before its hashes


def requirements(lock: str) -> list[Requirement]:
    """Return what a lock pins, with markers where it depends on Python or the system."""
    return [Requirement(line) for line in _LINE.findall(lock)]


def locked(lock: str) -> dict[str, set[str]]:
    """Return the versions of each package in a lock, by its normal name."""
    versions: dict[str, set[str]] = {}
    for pin in requirements(lock):
        versions.setdefault(canonicalize_name(pin.name), set()).update(
            clause.version for clause in pin.specifier
        )
    return versions


def direct(pyproject: str, extras: Iterable[str], *, companion: bool = True) -> list[str]:
    """Return the names that ``pyproject.toml`` asks for in some extras.

    Args:
        pyproject: the text of the file.
        extras: names of optional dependencies.
        companion: whether to add what the companion itself depends on.
    """
    project = tomllib.loads(pyproject)["project"]
    wanted = list(project["dependencies"]) if companion else []
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return sorted({canonicalize_name(Requirement(line).name) for line in wanted})


def environment(root: Path) -> str:
    """Return the text of ``environment.yml``: the direct dependencies at the lock's versions."""
    names = direct((root / "pyproject.toml").read_text(encoding="utf-8"), LOCKS[WHOLE])
    pins = requirements((root / WHOLE).read_text(encoding="utf-8"))
    lines = [
        "# The lock's versions for conda users; written by `make lock`, compared by a test.",
        "name: large-models-small-machine",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        "  - python=3.12",
        "  - pip",
        "  - pip:",
        *(f"      - {pin}" for pin in pins if canonicalize_name(pin.name) in names),
    ]
    return "\n".join(lines) + "\n"
