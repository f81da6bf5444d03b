"""What a list of packages must suffice for: the wheel's for its modules, the book's to build."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions, packages_distributions, requires
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.environment import direct

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
# As where some packages are not installed.
WITHOUT = """
import importlib, sys
refused, modules = set(sys.argv[1].split()), sys.argv[2:]

class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] in refused:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent)
for name in modules:
    importlib.import_module(name)
"""


def page_codes() -> Iterator[str]:
    """Yield the code of each cell of each page."""
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        yield from (cell.source for cell in cells if cell.cell_type == "code")


def sources(folder: str) -> list[str]:
    return [path.read_text("utf-8") for path in (ROOT / folder).rglob("*.py")]


def others(codes: Iterable[str]) -> set[str]:
    """Return the packages of others that some code imports."""
    names: set[str] = set()
    for node in (node for code in codes for node in ast.walk(ast.parse(code))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"companion", "tools"}


def providers() -> dict[str, set[str]]:
    """Return which distributions bring each package, by their normal names."""
    found = packages_distributions().items()
    return {top: {*map(canonicalize_name, names)} for top, names in found}


def undeclared(tops: Iterable[str], *extras: str) -> set[str]:
    """Return the packages that stand neither among the dependencies nor in the given extras."""
    names, bring = set(direct(PYPROJECT, extras)), providers()
    return {top for top in tops if not names & bring.get(top, set())}


def applies(need: Requirement, extras: Iterable[str] = ("",)) -> bool:
    return need.marker is None or any(need.marker.evaluate({"extra": e}) for e in extras)


def absent(wanted: Iterable[str]) -> set[str]:
    """Return the packages that would not be there, had only these requirements been installed."""
    queue, seen = [need for need in map(Requirement, wanted) if applies(need)], set()
    while queue:
        need = queue.pop()
        extras = frozenset(need.extras | {""})
        if (canonicalize_name(need.name), extras) not in seen:
            seen.add((canonicalize_name(need.name), extras))
            deeper = map(Requirement, requires(need.name) or ())
            queue += [further for further in deeper if applies(further, extras)]
    there = {name for name, _ in seen}
    return {top for top, names in providers().items() if not there & names}


def import_without(refused: Iterable[str], modules: Iterable[str], folder: Path) -> str:
    """Import modules of a folder where none of some packages is found; return what went wrong."""
    command = [sys.executable, "-c", WITHOUT, " ".join(refused), *modules]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return run.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and return the folder of what is in it."""
    folder, unpacked = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("unpacked")
    build = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder), "."]
    subprocess.run([sys.executable, "-m", *build], cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as bundle:
        bundle.extractall(unpacked)
    return unpacked


def test_the_wheel_holds_the_package_as_it_stands_here_and_nothing_else(wheel: Path) -> None:
    """So the names that pages import, and find when they run here, are in the wheel as well."""
    for path in (ROOT / "companion").rglob("*.py"):
        assert (wheel / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    tops = {path.name.split("-")[0] for path in wheel.iterdir()}
    assert tops == {"companion", "large_models_small_machine"}


def test_what_is_imported_is_declared() -> None:
    """Another's dependency may go with its next version."""
    assert undeclared(others(sources("companion"))) == set()
    assert undeclared(others([*page_codes(), *sources("book/exercises")]), "lab") == set()
    assert undeclared(others(sources("tools")), "book", "lab", "test") == set()
    assert undeclared(others(["import h5py", "import torch.nn, numpy"])) == {"h5py", "torch"}


def test_what_is_declared_is_imported() -> None:
    """So that nobody installs a package for a page that is gone."""
    bring = providers()
    for extra, codes, by_jupyter in (
        ((), sources("companion"), set()),
        (("lab",), page_codes(), {"jupyterlab", "jupyterlab-myst", "ipykernel"}),
    ):
        imported = {name for top in others(codes) for name in bring.get(top, ())}
        assert {*direct(PYPROJECT, extra, companion=not extra)} - imported == by_jupyter


def test_every_module_is_imported_with_the_wheels_own_requirements(wheel: Path) -> None:
    """As in an environment where nothing but the wheel was installed."""
    (installed,) = distributions(path=[str(wheel)])
    refused = absent(installed.requires or ())
    assert {"jax", "optuna", "IPython", "pytest", "sphinx"} <= refused
    files = sorted(path.relative_to(wheel).with_suffix("") for path in wheel.rglob("*.py"))
    assert import_without(refused, [".".join(file.parts) for file in files], wheel) == ""
    assert "h11" in import_without({"h11"}, ["companion.serve.server"], wheel)


def test_building_the_book_needs_only_what_its_extra_names() -> None:
    refused = absent(tomllib.loads(PYPROJECT)["project"]["optional-dependencies"]["book"])
    assert {"tensorflow", "keras", "jax", "numpy", "pandas", "jupyterlab"} <= refused
    building = ["tools.__main__", "tools.footer", "jupyter_book.cli.main", "sphinxcontrib.bibtex"]
    assert import_without(refused, building, ROOT) == ""
