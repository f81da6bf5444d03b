"""``environment.yml`` for conda users, with the versions of the lock."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def locked(lock: str) -> dict[str, str]:
    """Return the version of each package in a requirements file, by its normal name."""
    return {_normal(name): pinned for name, pinned in _PIN.findall(lock)}


def direct(pyproject: str) -> list[str]:
    """Return the names that ``pyproject.toml`` asks for, those of the ``dev`` extra included."""
    project = tomllib.loads(pyproject)["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    return sorted({_normal(match[0]) for line in wanted if (match := _NAME.match(line))})


def environment(root: Path) -> str:
    """Return the text of ``environment.yml``: the direct dependencies at the lock's versions."""
    pins = locked((root / "requirements.lock").read_text(encoding="utf-8"))
    names = direct((root / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [
        "# The lock's versions for conda users; written by `make lock`, compared by a test.",
        "name: large-models-small-machine",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        "  - python=3.12",
        "  - pip",
        "  - pip:",
        *(f"      - {name}=={pins[name]}" for name in names),
    ]
    return "\n".join(lines) + "\n"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
