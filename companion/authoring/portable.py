"""``make portable``: the pages on other processors, simulated, and each printed digit that moves.

Compiled libraries choose their code by the processor they meet, and sum in another order in each.
The last bits of a product differ then; a page that amplifies them prints other digits. Variables
make each library behave as on an older processor, so one machine can stand for several. Every run
is kept as a file of its own, named by all that it depends on: an interruption loses one run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from tqdm import tqdm

from companion import results
from companion.authoring import intervals, notebooks, pages
from companion.errors import CourseError
from companion.threads import course_environment

RUNS = Path(".portable")
NUMBER = re.compile(r"(?<![\w.])[-+−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
# The last line of a traceback; nbclient's own line in front of it says only that a cell failed.
ERROR = re.compile(
    r"^(?!nbclient\.exceptions\.CellExec)[\w.]*(?:Error|Interrupt)\b.*", re.MULTILINE
)
AS_IT_IS, STORED = "as it is", "stored"
PROCESSES = 2


def _processor(
    core: str, level: str, isa: str, xla: str, threads: int, **more: str
) -> dict[str, str]:
    """Return the variables that make OpenBLAS, NumPy, oneDNN and XLA believe in one processor."""
    return {
        "OPENBLAS_CORETYPE": core,
        "NPY_DISABLE_CPU_FEATURES": level,
        "ONEDNN_MAX_CPU_ISA": isa,
        "XLA_FLAGS": f"--xla_cpu_max_isa={xla}",
        "OPENBLAS_NUM_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        # Threads that wait should sleep: two runs share the machine.
        "OPENBLAS_THREAD_TIMEOUT": "4",
        "OMP_WAIT_POLICY": "PASSIVE",
        **more,
    }


# Every setting that moved a digit in the first edition stands in at least one of the six runs. What
# moved it is found by running one of them alone.
PROCESSORS: dict[str, dict[str, str]] = {
    AS_IT_IS: {},
    "Nehalem, 1 thread": _processor("Nehalem", "X86_V3 X86_V4", "SSE41", "SSE4_2", 1),
    "Sandybridge, 2 threads": _processor("Sandybridge", "X86_V3 X86_V4", "AVX", "AVX", 2),
    # And without the fixed orders that the course's own commands ask of TensorFlow.
    "Haswell, 4 threads": _processor(
        "Haswell", "X86_V4", "AVX2", "AVX2", 4, TF_DETERMINISTIC_OPS="0"
    ),
    "Zen, no oneDNN, 1 thread": _processor(
        "Zen", "X86_V4", "AVX2", "AVX2", 1, TF_ENABLE_ONEDNN_OPTS="0"
    ),
    "SkylakeX, 2 threads": _processor("SkylakeX", "AVX512_SPR", "AVX512_CORE", "AVX512", 2),
}
OLDEST = "Nehalem, 1 thread"


@dataclass(frozen=True)
class Run:
    """What one page printed under one processor.

    Attributes:
        texts: the printed text of each code cell that nbval compares, by the cell's place.
        recorded: the recorded values, with all digits.
        seconds: how long the page took.
        error: the last line of the error that stopped it, or nothing.
    """

    texts: Mapping[int, str]
    recorded: Sequence[results.Recorded]
    seconds: float
    error: str = ""


@dataclass(frozen=True)
class Moved:
    """One number that differs between runs: where it stands, and what was seen."""

    page: str
    cell: int
    number: str
    seen: Mapping[str, Sequence[str]]

    def __str__(self) -> str:
        values = "; ".join(f"{value} ({', '.join(runs)})" for value, runs in self.seen.items())
        return f"{self.page} | {self.cell} | {self.number} | {values}"


def available() -> dict[str, dict[str, str]]:
    """Return the processors that this machine can simulate: none newer than itself."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text(encoding="utf-8") if cpuinfo.exists() else ""
    return {
        name: settings
        for name, settings in PROCESSORS.items()
        if settings.get("OPENBLAS_CORETYPE") != "SkylakeX" or "avx512f" in flags
    }


def portable(paths: Sequence[Path], book: Path = Path("book")) -> list[Moved]:
    """Run pages under every processor, note the intervals in ``results.json``, return what moved.

    Args:
        paths: the notebooks; all of the book when empty.
        book: the folder of the pages.

    Raises:
        CourseError: a page stops with an error under some processor.
    """
    chosen = [Path(p) for p in paths] or sorted(book.glob("*.ipynb"))
    seen = run_all(chosen, available())
    stopped = [
        f"{page.stem} stops on {name}: {run.error}"
        for page, runs in seen.items()
        for name, run in runs.items()
        if run.error
    ]
    if stopped:
        raise CourseError("; ".join(stopped))
    _note_intervals(book / "results.json", seen)
    return [moved for page, runs in seen.items() for moved in compare(page, runs)]


def table(moved: Sequence[Moved]) -> str:
    """Return one line a number: page, cell, number, values seen and where."""
    if not moved:
        return "No printed digit moved."
    return "\n".join(["page | cell | number | values seen", *map(str, moved)])


def run_all(
    paths: Sequence[Path], processors: Mapping[str, Mapping[str, str]]
) -> dict[Path, dict[str, Run]]:
    """Return every page's run under every processor; those kept from before are not run again."""
    jobs = [(path, name) for name in processors for path in paths]
    found: dict[Path, dict[str, Run]] = {path: {} for path in paths}
    pool = ThreadPoolExecutor(PROCESSES)
    waiting = {pool.submit(_kept_or_run, p, n, processors[n]): (p, n) for p, n in jobs}
    try:
        with tqdm(total=len(jobs), unit="run") as bar:
            for done in as_completed(waiting):
                path, name = waiting[done]
                found[path][name] = done.result()
                bar.set_postfix_str(f"{path.stem} on {name}: {found[path][name].seconds:.0f} s")
                bar.update()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return found


def compare(path: Path, runs: Mapping[str, Run]) -> Iterator[Moved]:
    """Yield each number that is not the same in all runs and in the stored outputs."""
    texts = {STORED: compared_texts(notebooks.read(path))} | {n: r.texts for n, r in runs.items()}
    for cell in texts[STORED]:
        by_text: dict[str, list[str]] = {}
        for name, of in texts.items():
            by_text.setdefault(of.get(cell, ""), []).append(name)
        if len(by_text) > 1:
            yield from _moved_numbers(path.stem, cell, by_text)


def compared_texts(nb: NotebookNode) -> dict[int, str]:
    """Return what each code cell prints, by its place; pictures and uncompared cells left out."""
    return {
        place: "".join(map(_text, cell.get("outputs", ())))
        for place, cell in enumerate(nb.cells)
        if cell.cell_type == "code" and not notebooks.is_uncompared(cell)
    }


def _text(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    data = output.get("data", {})
    return str(data.get("text/plain", "")) if "image/png" not in data else ""


def _moved_numbers(page: str, cell: int, by_text: Mapping[str, Sequence[str]]) -> Iterator[Moved]:
    """Tell the numbers of texts apart where only numbers differ, else the first lines that do."""
    if len({NUMBER.sub("#", text) for text in by_text}) > 1:
        yield _first_line(page, cell, by_text)
        return
    rows = [(NUMBER.findall(text), runs) for text, runs in by_text.items()]
    names = _names(next(iter(by_text)))
    for k, values in enumerate(zip(*(numbers for numbers, _ in rows), strict=True)):
        if len(set(values)) > 1:
            seen: dict[str, list[str]] = {}
            for value, (_, runs) in zip(values, rows, strict=True):
                seen.setdefault(value, []).extend(runs)
            yield Moved(page, cell, names[k], seen)


def _first_line(page: str, cell: int, by_text: Mapping[str, Sequence[str]]) -> Moved:
    rows = list(zip_longest(*(text.splitlines() for text in by_text), fillvalue=""))
    at = next(k for k, row in enumerate(rows) if len({*row}) > 1)
    seen: dict[str, list[str]] = {}
    for line, runs in zip(rows[at], by_text.values(), strict=True):
        seen.setdefault(line.strip(), []).extend(runs)
    return Moved(page, cell, f"line {at + 1}", seen)


def _names(text: str) -> list[str]:
    """Name each number by the words that stand before it in its line."""
    return [
        " ".join(line[: match.start()].split())[-40:] or f"line {i}"
        for i, line in enumerate(text.splitlines(), start=1)
        for match in NUMBER.finditer(line)
    ]


def _kept_or_run(path: Path, name: str, settings: Mapping[str, str]) -> Run:
    kept = _kept(path, name)
    if not kept.exists():
        command = [sys.executable, "-m", "companion.authoring.portable", str(path), name]
        environment = {**course_environment(), **settings}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            errors = ERROR.findall(re.sub(r"\x1b\[[0-9;]*m", "", done.stderr))
            return Run({}, (), 0, errors[-1] if errors else f"exit status {done.returncode}")
    entry = json.loads(kept.read_text(encoding="utf-8"))
    recorded = [results.restored(value) for value in entry["recorded"]]
    texts = {int(cell): text for cell, text in entry["texts"].items()}
    return Run(texts, recorded, entry["seconds"])


def run_here(path: Path, name: str) -> None:
    """Execute one page in this process's environment and keep what it printed."""
    nb, recorded = notebooks.read(path), dict[str, results.Recorded]()
    seconds = notebooks.execute(nb, path.parent, recorded)
    keep(path, nb, recorded, seconds, name)


def keep(
    path: Path,
    nb: NotebookNode,
    recorded: Mapping[str, results.Recorded],
    seconds: float,
    name: str = AS_IT_IS,
) -> None:
    """Keep what a page printed, in one step; so ``make refresh`` spares ``make portable`` a run."""
    entries = [asdict(entry) for entry in recorded.values()]
    content = {"texts": compared_texts(nb), "recorded": entries, "seconds": seconds}
    kept = _kept(path, name)
    kept.parent.mkdir(exist_ok=True)
    temporary = kept.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(content), encoding="utf-8")
    os.replace(temporary, kept)


def _kept(path: Path, name: str) -> Path:
    """Name the file of a run by all that it depends on: code, companion, data, packages, Python."""
    digest = hashlib.sha256()
    for cell in notebooks.read(path).cells:
        if cell.cell_type == "code":
            digest.update(cell.source.encode())
    sources = [p for p in sorted(Path("companion").rglob("*.py")) if "authoring" not in p.parts]
    data = sorted(p for p in (path.parent / "data").rglob("*") if p.is_file())
    for source in [*sources, *data, Path("requirements.lock")]:
        digest.update(source.read_bytes())
    python = "".join(map(str, sys.version_info[:2]))
    short = re.sub(r"[^a-z0-9]+", "-", name.lower())
    return RUNS / f"{path.stem}-{digest.hexdigest()[:12]}-{python}-{short}.json"


def _note_intervals(file: Path, seen: Mapping[Path, Mapping[str, Run]]) -> None:
    """Write into ``results.json`` where each recorded value lay, in all runs together."""
    entries = pages.load_results(file)
    for runs in seen.values():
        of: dict[str, list[results.Recorded]] = {}
        for run in runs.values():
            for entry in run.recorded:
                of.setdefault(entry.name, []).append(entry)
        for name, values in of.items():
            if name in entries:
                entries[name] = {**entries[name], **intervals.interval(values)}
    pages.save_results(file, entries)


if __name__ == "__main__":
    run_here(Path(sys.argv[1]), sys.argv[2])
