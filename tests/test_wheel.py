"""The built wheel holds all that the pages import; the package and the page cannot differ."""

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


def imported(code: str) -> set[tuple[str, str]]:
    """Return each module that some code imports, with the name it takes from it."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return found


def others(codes: Iterable[str]) -> set[str]:
    """Return the packages of others that some code imports."""
    tops = {module.split(".")[0] for code in codes for module, _ in imported(code)}
    return tops - sys.stdlib_module_names - {"companion"}


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


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as bundle:
        names = set(bundle.namelist())
    ours = {p.relative_to(ROOT).as_posix() for p in (ROOT / "companion").rglob("*.py")}
    assert ours <= names
    assert {n.split("/")[0].split("-")[0] for n in names} == {
        "companion",
        "large_models_small_machine",
    }


def test_pages_find_every_name_in_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    install = ["pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True, capture_output=True)
    taken = {pair for code in page_codes() for pair in imported(code)}
    names = sorted(pair for pair in taken if pair[0].split(".")[0] == "companion")
    assert len(names) > 10
    program = "\n".join(
        [
            f"import sys; sys.path.insert(0, {str(target)!r})",
            "import importlib, companion",
            f"assert companion.__file__.startswith({str(target)!r}), companion.__file__",
            f"for module, name in {names!r}:",
            "    found = importlib.import_module(module)",
            "    if name and not hasattr(found, name): importlib.import_module(f'{module}.{name}')",
        ]
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr[-2000:]


def test_what_is_imported_is_declared() -> None:
    """Another's dependency may go with its next version. Pages and tools may use `dev`."""
    modules = {path: path.read_text("utf-8") for path in (ROOT / "companion").rglob("*.py")}
    tools = {p for p in modules if "authoring" in p.parts or p.match("exercises/pages.py")}
    assert undeclared(others(modules[path] for path in modules.keys() - tools)) == set()
    assert undeclared(others([*page_codes(), *(modules[path] for path in tools)]), "dev") == set()
    assert undeclared(others(["import h5py", "import torch.nn, numpy"])) == {"h5py", "torch"}
