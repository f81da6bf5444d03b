"""How many small faults, planted one at a time in the companion, its tests notice.

A fault is one operator, number, argument or statement changed, at places drawn with a fixed seed.
A module's own tests must fail on it; a fault that makes them run far too long counts as noticed.
All is done in a copy of the course, so that programs which the tests start meet the fault too. The
heavy libraries are loaded once, and each fault is tried in a forked copy of this process, so this
runs on Linux and macOS only. What is known of a module is kept until it or one of its tests
changes.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import hashlib
import importlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STORE = ROOT / ".course" / "mutation.json"
FOLDERS = (
    "compute",
    "data",
    "exercises",
    "exercises/compare",
    "gpu",
    "models",
    "serve",
    "training",
    "training/small",
)
# Beside the folders; what makes or proves the book stays out.
ALONE = ("autodiff", "privacy")
# Modules that are tested in the company of another one.
TESTS = {
    "data.byte_words": ["data/test_byte_bpe.py"],
    "data.districts": ["data/test_house_prices.py"],
    "data.markov": ["data/test_languages.py"],
    "models.arrays": ["models/test_weights.py"],
    "models.attention": ["models/test_layers.py"],
    "models.bert": ["models/test_gpt_bert_vit.py"],
    "models.block": ["models/test_layers.py"],
    "models.causal": ["models/test_gpt_bert_vit.py", "models/test_llama.py"],
    "models.families": ["models/test_weights.py"],
    "models.gguf_cursor": ["models/test_gguf.py"],
    "models.gguf_kinds": ["models/test_gguf.py"],
    "models.gpt": ["models/test_gpt_bert_vit.py"],
    "models.hub_config": ["models/test_weights.py"],
    "models.layout": ["models/test_weights.py", "models/test_config.py"],
    "models.llama_config": ["models/test_llama.py"],
    "models.llama_attention": ["models/test_llama.py"],
    "models.sampling": ["models/test_generate.py"],
    "models.sizes": ["models/test_config.py"],
    "models.transformer": ["models/test_gpt_bert_vit.py"],
    "models.vit": ["models/test_gpt_bert_vit.py", "models/test_layers.py"],
    "serve.app": ["serve/test_app.py", "serve/test_survivors.py"],
    "serve.export": ["serve/test_model.py"],
    "serve.metrics": ["serve/test_app.py", "serve/test_survivors.py"],
    "serve.process": ["serve/test_server.py"],
    "serve.rows": ["serve/test_app.py"],
    "serve.service": ["serve/test_app.py", "serve/test_survivors.py"],
    "serve.server": ["serve/test_server.py", "serve/test_survivors.py"],
    "exercises.results": ["exercises/test_engine.py"],
    "training.clients": ["training/test_federated.py"],
    "training.runner": ["training/test_loop.py"],
}
LEAST_SECONDS = 30.0


def modules() -> Iterator[tuple[str, list[str]]]:
    """Yield the modules' names, without the package's, and the tests of each."""
    paths = [ROOT / "companion" / f"{name}.py" for name in ALONE]
    paths += [p for f in FOLDERS for p in sorted((ROOT / "companion" / f).glob("[!_]*.py"))]
    for path in paths:
        parts = path.relative_to(ROOT / "companion").with_suffix("").parts
        package, own = Path(*parts[:-1]), Path(*parts[:-1], f"test_{parts[-1]}.py")
        if not (ROOT / "tests" / own).exists():  # a package's modules are tested together
            own = package.with_name(f"test_{package.name}.py")
        tests = TESTS.get(".".join(parts), [str(own)])
        tests = [*tests, "data/test_generated.py"] if parts[0] == "data" else tests
        yield ".".join(parts), [f"tests/{name}" for name in tests]


def faults(source: str, seed: str) -> Iterator[str]:
    """Yield changed copies of a source, at places in a random order."""
    from tools.proofs import _change

    tree = ast.parse(source)
    unchanged, idle = ast.unparse(tree), _without_effect(tree)
    places = [(i, node) for i, node in enumerate(ast.walk(tree)) if node not in idle]
    random.Random(seed).shuffle(places)
    for position, _ in places:
        mutant = copy.deepcopy(tree)
        node = next(n for i, n in enumerate(ast.walk(mutant)) if i == position)
        if not _change(mutant, node, random.Random(f"{seed}{position}").randrange(2)):
            continue
        text = ast.unparse(ast.fix_missing_locations(mutant))
        if text != unchanged:  # minus nought is nought
            yield text


def _without_effect(tree: ast.AST) -> set[ast.AST]:
    """Return what changes nothing: annotations, errors' sentences, `frozen`, the order in `min`."""
    roots: list[ast.AST | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            roots.append(node.returns)
        elif isinstance(node, ast.ClassDef):
            roots += node.decorator_list
        elif isinstance(node, ast.arg | ast.AnnAssign):
            roots.append(node.annotation)
        elif isinstance(node, ast.Raise):
            roots.append(node)
    ordered = {
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("min", "max")
    }
    return ordered | {node for root in roots if root is not None for node in ast.walk(root)}


def _load_what_is_heavy(tests: list[str]) -> None:
    """Import here, once, the packages of others that the tests import."""
    trees = (ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in tests)
    for node in (node for tree in trees for node in tree.body):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            if name.partition(".")[0] != "companion":
                importlib.import_module(name)


def noticed(course: Path, tests: list[str], seconds: float) -> bool:
    """Run tests of a copy of the course in a forked process, which ends with all it started."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        signal.alarm(int(seconds))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        os._exit(_status(course, tests))
    failed = os.waitpid(child, 0)[1] != 0
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return failed


def _status(course: Path, tests: list[str]) -> int:
    import pytest

    os.chdir(course)
    sys.path.insert(0, str(course))
    os.environ["PYTHONPATH"] = str(course)
    os.environ.pop("PYTHONUNBUFFERED", None)  # it would hide a line that is not sent at once
    for name in [n for n in sys.modules if n.partition(".")[0] == "companion"]:
        del sys.modules[name]
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))


def judged(course: Path, name: str, tests: list[str], count: int) -> dict[str, Any] | None:
    """Plant faults in one module of the copy; return how many were tried, and those unnoticed.

    Where the tests fail without a fault, they can judge none: ``None``.
    """
    path = course / "companion" / Path(*name.split(".")).with_suffix(".py")
    source = path.read_text(encoding="utf-8")
    _load_what_is_heavy(tests)
    start = time.monotonic()
    if noticed(course, tests, 10 * LEAST_SECONDS):
        return None
    seconds = LEAST_SECONDS + 5 * (time.monotonic() - start)
    planted = [text for text, _ in zip(faults(source, name), range(count), strict=False)]
    missed = []
    try:
        for text in planted:
            path.write_text(text, encoding="utf-8")
            if not noticed(course, tests, seconds):
                missed.append(_difference(source, text))
    finally:
        path.write_text(source, encoding="utf-8")
    return {"tried": len(planted), "missed": missed}


def _difference(source: str, text: str) -> str:
    """Return the first line that a fault changed."""
    before = ast.unparse(ast.parse(source)).splitlines()
    pairs = zip(before, text.splitlines(), strict=False)
    lines = [f"{b.strip()} -> {a.strip()}" for b, a in pairs if b != a]
    return lines[0][:160] if lines else "?"


def _state(course: Path, name: str, tests: list[str], count: int) -> str:
    """Return what a judgement depends on, in short: the module, its tests, the number of faults."""
    paths = [f"companion/{name.replace('.', '/')}.py", *tests]
    texts = [(course / path).read_bytes() for path in paths]
    return hashlib.sha256(b"\0".join([*texts, str(count).encode()])).hexdigest()


def main() -> None:
    """Print, for each module, the faults noticed, and those that were not; then the score."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="such as serve or training.loop; all if none")
    parser.add_argument("--faults", type=int, default=10, help="in each module")
    parser.add_argument("--minutes", type=float, default=600, help="begin no module after that")
    chosen = parser.parse_args()
    import companion  # noqa: F401 - starts TensorFlow quietly

    known = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    end, results = time.monotonic() + 60 * chosen.minutes, []
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, "course")
        shutil.copytree(ROOT, course, ignore=shutil.ignore_patterns(".*", "_build"))
        for name, tests in modules():
            if chosen.names and not {name, name.partition(".")[0]} & set(chosen.names):
                continue
            state = _state(course, name, tests, chosen.faults)
            if known.get(name, {}).get("state") != state:
                if time.monotonic() > end:
                    continue
                if (judgement := judged(course, name, tests, chosen.faults)) is None:
                    print(f"{name:30} its tests fail without a fault", flush=True)
                    continue
                known[name] = judgement | {"state": state}
                STORE.parent.mkdir(exist_ok=True)
                STORE.write_text(json.dumps(known, indent=1), encoding="utf-8")
            results.append(known[name])
            tried, missed = known[name]["tried"], known[name]["missed"]
            print(f"{name:30} {tried - len(missed):3} of {tried:3}", *missed, sep="\n   missed ")
            sys.stdout.flush()
    total = sum(result["tried"] for result in results)
    caught = total - sum(len(result["missed"]) for result in results)
    print(f"noticed {caught} of {total} = {100 * caught / max(total, 1):.0f} %")


if __name__ == "__main__":
    main()
