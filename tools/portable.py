"""``make portable``: the pages on other processors, simulated, and each printed digit that moves.

Compiled libraries choose their code by the processor they meet, and sum in another order in each.
The last bits of a product differ then; a page that amplifies them prints other digits. Variables
make each library behave as on an older processor, so one machine can stand for several. (OpenBLAS
has no code of its own for Zen, it takes Haswell's; and no more threads than the machine has cores.)
Every run is kept as a file of its own, named by all that it depends on: an interruption loses only
what was running.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from nbformat import NotebookNode
from tqdm import tqdm

from companion import results
from tools import intervals, notebooks, pages
from tools.moved import Moved, compare, compared_texts
from tools.threads import course_environment

RUNS = Path(".portable")
# The last line of a traceback; nbclient's own line in front of it says only that a cell failed.
ERROR = re.compile(
    r"^(?!nbclient\.exceptions\.CellExec)[\w.]*(?:Error|Exception|Interrupt)\b.*", re.MULTILINE
)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
AS_IT_IS = "as it is"
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
# moved it is found by running one of them alone. More threads are slow: two runs share the machine.
PROCESSORS: dict[str, dict[str, str]] = {
    AS_IT_IS: {},
    "Nehalem, 1 thread": _processor("Nehalem", "X86_V3 X86_V4", "SSE41", "SSE4_2", 1),
    "Sandybridge, 1 thread": _processor("Sandybridge", "X86_V3 X86_V4", "AVX", "AVX", 1),
    "SkylakeX, 1 thread": _processor("SkylakeX", "AVX512_SPR", "AVX512_CORE", "AVX512", 1),
    "Zen, no oneDNN, 2 threads": _processor(
        "Zen", "X86_V4", "AVX2", "AVX2", 2, TF_ENABLE_ONEDNN_OPTS="0"
    ),
    # And without the fixed orders that the course's own commands ask of TensorFlow.
    "Haswell, 4 threads": _processor(
        "Haswell", "X86_V4", "AVX2", "AVX2", 4, TF_DETERMINISTIC_OPS="0"
    ),
}
OLDEST = "Nehalem, 1 thread"
# What a processor must have to stand for one of these, as Linux names it.
NEEDS = {"SSE41": "sse4_1", "AVX": "avx", "AVX2": "avx2", "AVX512_CORE": "avx512f"}


@dataclass(frozen=True)
class Run:
    """What one page printed under one processor.

    Attributes:
        texts: the printed text of each code cell that nbval compares, by its number.
        recorded: the recorded values, with all digits.
        seconds: how long the page took.
        error: the last line of the error that stopped it, or nothing.
    """

    texts: Mapping[int, str]
    recorded: Sequence[results.Recorded]
    seconds: float
    error: str = ""


def available() -> dict[str, dict[str, str]]:
    """Return the processors that this machine can stand for: none newer than itself."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = set(cpuinfo.read_text(encoding="utf-8").split()) if cpuinfo.exists() else set()
    return {
        name: settings
        for name, settings in PROCESSORS.items()
        if not settings or NEEDS[settings["ONEDNN_MAX_CPU_ISA"]] in flags
    }


def portable(paths: Sequence[Path], book: Path = Path("book")) -> list[Moved]:
    """Run pages under every processor, note the intervals in ``results.json``, return what moved.

    Args:
        paths: the notebooks; all of the book when empty.
        book: the folder of the pages.

    Returns:
        One entry a number that moved, and one a page that stopped with an error.
    """
    chosen = [Path(p) for p in paths] or sorted(book.glob("*.ipynb"))
    processors = available()
    if left_out := sorted(PROCESSORS.keys() - processors.keys()):
        print(f"this machine cannot stand for: {'; '.join(left_out)}", file=sys.stderr)
    found: list[Moved] = []
    for path, runs in run_all(chosen, processors).items():
        stopped = {run.error: [name] for name, run in runs.items() if run.error}
        if stopped:
            found.append(Moved(path.stem, 0, "stops", stopped))
            continue
        found += compare(path, {name: run.texts for name, run in runs.items()})
        found += _note_intervals(book / "results.json", path, list(runs.values()))
    return found


def run_all(
    paths: Sequence[Path], processors: Mapping[str, Mapping[str, str]]
) -> dict[Path, dict[str, Run]]:
    """Return every page's run under every processor; those kept from before are not run again."""
    found: dict[Path, dict[str, Run]] = {path: {} for path in paths}
    started: list[subprocess.Popen[str]] = []
    pool = ThreadPoolExecutor(PROCESSES)
    waiting = {
        pool.submit(_kept_or_run, path, settings, started): (path, name)
        for name, settings in processors.items()
        for path in paths
    }
    try:
        with tqdm(total=len(waiting), unit="run") as bar:
            for done in as_completed(waiting):
                path, name = waiting[done]
                found[path][name] = done.result()
                bar.set_postfix_str(f"{path.stem} on {name}: {found[path][name].seconds:.0f} s")
                bar.update()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in started:
            process.terminate()
        pool.shutdown(wait=True)
    return found


def _kept_or_run(
    path: Path, settings: Mapping[str, str], started: list[subprocess.Popen[str]]
) -> Run:
    environment = {**course_environment(), **settings}
    kept = kept_at(path, environment)
    if not kept.exists():
        # The name is settled before the run: what is edited meanwhile asks for another one.
        command = [sys.executable, "-m", "tools.portable", str(path), str(kept)]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        started.append(process)
        _, said = process.communicate()
        if process.returncode:
            lines = COLOURS.sub("", said).strip().splitlines() or ["interrupted"]
            return Run({}, (), 0, (ERROR.findall("\n".join(lines)) or lines)[-1])
    entry = json.loads(kept.read_text(encoding="utf-8"))
    recorded = [results.restored(value) for value in entry["recorded"]]
    texts = {int(cell): text for cell, text in entry["texts"].items()}
    return Run(texts, recorded, entry["seconds"])


def run_here(path: Path, kept: Path) -> None:
    """Execute one page in this process's environment and keep what it printed, in one step."""
    nb, recorded = notebooks.read(path), dict[str, results.Recorded]()
    seconds = notebooks.execute(nb, path.parent, recorded)
    keep(kept, nb, recorded, seconds)


def keep(
    kept: Path, nb: NotebookNode, recorded: Mapping[str, results.Recorded], seconds: float
) -> None:
    """Keep what a page printed, in one step; so ``make refresh`` spares ``make portable`` a run."""
    entries = [asdict(entry) for entry in recorded.values()]
    content = {"texts": compared_texts(nb), "recorded": entries, "seconds": seconds}
    kept.parent.mkdir(exist_ok=True)
    temporary = kept.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(content), encoding="utf-8")
    os.replace(temporary, kept)


def kept_at(path: Path, environment: Mapping[str, str]) -> Path:
    """Name the file of a run by all that it depends on: code, files, packages, settings, Python."""
    names = sorted({name for settings in PROCESSORS.values() for name in settings})
    digest = hashlib.sha256(json.dumps([environment.get(name) for name in names]).encode())
    digest.update(code_of(path).encode())
    read = sorted(Path("companion").rglob("*.py"))
    read += [
        p for kind in ("*.yml", "*.bib", "data/*", "figures/*") for p in path.parent.glob(kind)
    ]
    for source in [*sorted(read), Path("pyproject.toml"), Path("requirements.lock")]:
        if source.is_file():
            digest.update(source.read_bytes())
    python = "".join(map(str, sys.version_info[:2]))
    return RUNS / f"{path.stem}-{python}-{digest.hexdigest()[:16]}.json"


def code_of(path: Path) -> str:
    """Name the code of a page: its cells in order, and which of them nbval does not compare."""
    digest = hashlib.sha256()
    for cell in notebooks.read(path).cells:
        if cell.cell_type == "code":
            digest.update(f"{cell.source}\0{notebooks.is_uncompared(cell)}\0".encode())
    return digest.hexdigest()[:12]


def _note_intervals(file: Path, path: Path, runs: Sequence[Run]) -> list[Moved]:
    """Write where each recorded value lay in all runs; return what stands in no line."""
    entries, code = pages.load_results(file), code_of(path)
    of: dict[str, list[results.Recorded]] = {}
    for run in runs:
        for entry in run.recorded:
            of.setdefault(entry.name, []).append(entry)
    for name in of.keys() & entries.keys():
        earlier = intervals.kept(entries[name], code) if len(runs) < len(PROCESSORS) else {}
        entries[name] |= intervals.interval(of[name], earlier.get("seen", ())) | {"code": code}
    pages.save_results(file, entries)
    unknown = sorted(of.keys() - entries.keys())
    return [Moved(path.stem, 0, name, {"not in results.json": ["all"]}) for name in unknown]


if __name__ == "__main__":
    run_here(Path(sys.argv[1]), Path(sys.argv[2]))
