"""How many small faults, planted one at a time in the companion, its tests notice.

A fault is one operator, number, argument or statement changed, at places drawn with a fixed seed
from `companion/data`, `models` and `training`. A module's own test file must fail on it; a fault
that makes the tests run too long counts as noticed. The heavy libraries are loaded once, and each
fault is tried in a forked copy of this process, so this runs on Linux and macOS only.
"""

from __future__ import annotations

import ast
import copy
import os
import random
import signal
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

FOLDERS = ("data", "models", "training")
FAULTS_A_MODULE = 10
SECONDS_A_FAULT = 120
# Modules that are tested in the company of another one.
TESTS = {
    "attention": ["tests/models/test_layers.py"],
    "beam": ["tests/models/test_generate.py"],
    "bert": ["tests/models/test_gpt_bert_vit.py"],
    "bpe_files": ["tests/data/test_byte_bpe.py"],
    "gpt": ["tests/models/test_gpt_bert_vit.py"],
    "hub_config": ["tests/models/test_weights.py"],
    "layout": ["tests/models/test_weights.py"],
    "vit": ["tests/models/test_gpt_bert_vit.py"],
}


class Planted(SourceFileLoader):
    """Load one module from another text; the finder of that module, too."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the planted text."""
        return compile(self.text, self.path, "exec")

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Answer for this one module."""
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None


def faults(source: str, seed: str) -> Iterator[str]:
    """Yield changed copies of a source, at places in a random order."""
    from companion.exercises.proofs import _change

    tree = ast.parse(source)
    unchanged, never_run = ast.unparse(tree), _never_run(tree)
    places = [(i, node) for i, node in enumerate(ast.walk(tree)) if node not in never_run]
    random.Random(seed).shuffle(places)
    for position, _ in places:
        mutant = copy.deepcopy(tree)
        node = next(n for i, n in enumerate(ast.walk(mutant)) if i == position)
        if not _change(mutant, node, random.Random(f"{seed}{position}").randrange(2)):
            continue
        text = ast.unparse(ast.fix_missing_locations(mutant))
        if text != unchanged:  # minus nought is nought
            yield text


def _never_run(tree: ast.AST) -> set[ast.AST]:
    """Return what stands in annotations, which nothing evaluates, and in sentences of errors."""
    roots: list[ast.AST | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            roots.append(node.returns)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            roots.append(node.annotation)
        elif isinstance(node, ast.Raise):
            roots.append(node)
    return {node for root in roots if root is not None for node in ast.walk(root)}


def noticed(module: str, path: Path, text: str, tests: list[str]) -> bool:
    """Run tests in a forked process in which the module has the given text."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        import pytest

        signal.alarm(SECONDS_A_FAULT)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.meta_path.insert(0, Planted(module, str(path), text))
        os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests])))
    return os.waitpid(child, 0)[1] != 0


def main() -> None:
    """Print, for each module (or those named), the faults noticed, and those that were not."""
    import keras  # noqa: F401
    import sklearn  # noqa: F401
    import tensorflow  # noqa: F401

    import companion  # noqa: F401 - starts TensorFlow quietly

    caught = total = 0
    chosen = sys.argv[1:]
    for path in (p for folder in FOLDERS for p in sorted(Path("companion", folder).glob("*.py"))):
        if chosen and path.stem not in chosen:
            continue
        tests = TESTS.get(path.stem) or [f"tests/{path.parent.name}/test_{path.stem}.py"]
        if path.name == "__init__.py":
            continue
        if path.parent.name == "data":
            tests = [*tests, "tests/data/test_generated.py"]
        module, source = ".".join(path.with_suffix("").parts), path.read_text(encoding="utf-8")
        if noticed(module, path, source, tests):
            print(f"{module}: its tests fail without a fault")
            continue
        found = 0
        tried = [
            text for text, _ in zip(faults(source, module), range(FAULTS_A_MODULE), strict=False)
        ]
        for text in tried:
            if noticed(module, path, text, tests):
                found += 1
            else:
                print(f"   not noticed in {module}: {_difference(source, text)}")
        caught, total = caught + found, total + len(tried)
        print(f"{module:36} {found:3} of {len(tried):3}", flush=True)
    print(f"noticed {caught} of {total} = {100 * caught / max(total, 1):.0f} %")


def _difference(source: str, text: str) -> str:
    """Return the first line that a fault changed."""
    before = ast.unparse(ast.parse(source)).splitlines()
    lines = [
        f"{b.strip()} -> {a.strip()}"
        for b, a in zip(before, text.splitlines(), strict=False)
        if b != a
    ]
    return lines[0][:160] if lines else "?"


if __name__ == "__main__":
    main()
