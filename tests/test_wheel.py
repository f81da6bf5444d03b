"""The built wheel holds all that the pages import; the package and the page cannot differ."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]


def imported() -> set[tuple[str, str]]:
    """Return each module of the companion that a page imports, with the name it takes from it."""
    found: set[tuple[str, str]] = set()
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("companion"):
                    found |= {(str(node.module), alias.name) for alias in node.names}
                elif isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                    found |= {(name, "") for name in names if name.startswith("companion")}
    return found


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
    names = sorted(imported())
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
