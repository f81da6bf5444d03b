"""The built wheel is the package that the pages import, and asks for all that it imports."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def page_codes() -> Iterator[str]:
    """Yield the code of each cell of each page."""
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        yield from (cell.source for cell in cells if cell.cell_type == "code")


def others(codes: Iterable[str]) -> set[str]:
    """Return the packages of others that some code imports."""
    names: set[str] = set()
    for node in (node for code in codes for node in ast.walk(ast.parse(code))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"companion", "tools"}


def undeclared(tops: Iterable[str], *groups: str) -> set[str]:
    """Return the packages that stand neither among the dependencies nor in the given extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    listed = project["dependencies"] + [line for group in groups for line in extras[group]]
    names = {canonicalize_name(Requirement(line).name) for line in listed}
    providers = packages_distributions()
    return {top for top in tops if not names & {*map(canonicalize_name, providers.get(top, []))}}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        ".",
    ]
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_package_as_it_stands_here_and_nothing_else(wheel: Path) -> None:
    """So the names that pages import, and find when they run here, are in the wheel as well."""
    with zipfile.ZipFile(wheel) as bundle:
        names = set(bundle.namelist())
        for path in (ROOT / "companion").rglob("*.py"):
            assert bundle.read(path.relative_to(ROOT).as_posix()) == path.read_bytes()
    tops = {name.split("/")[0].split("-")[0] for name in names}
    assert tops == {"companion", "large_models_small_machine"}


def test_what_is_imported_is_declared() -> None:
    """Another's dependency may go with its next version. Pages and tools may use `dev`."""
    companion, tools = (
        [path.read_text("utf-8") for path in (ROOT / folder).rglob("*.py")]
        for folder in ("companion", "tools")
    )
    assert undeclared(others(companion)) == set()
    assert undeclared(others([*page_codes(), *tools]), "dev") == set()
    assert undeclared(others(["import h5py", "import torch.nn, numpy"])) == {"h5py", "torch"}
