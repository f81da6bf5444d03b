"""``make portable``: the pages on other processors, simulated, and each printed digit that moves.

Compiled libraries choose their code by the processor they meet, and sum in another order in each.
The last bits of a product differ then; a page that amplifies them prints other digits. Variables
make each library behave as on an older processor, so one machine can stand for several.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from companion import results
from tools import intervals, notebooks, pages, runs
from tools.moved import Moved, compare
from tools.processors import PROCESSORS, available
from tools.runs import Run
from tools.threads import course_environment

# The last line of a traceback; nbclient's own line in front of it says only that a cell failed.
ERROR = re.compile(
    r"^(?!nbclient\.exceptions\.CellExec)[\w.]*(?:Error|Exception|Interrupt)\b.*", re.MULTILINE
)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
PROCESSES = 2


def portable(paths: Sequence[Path], book: Path = Path("book")) -> list[Moved]:
    """Run pages under every processor, note the intervals in ``results.json``, return what moved.

    Args:
        paths: the notebooks; all of the book when empty.
        book: the folder of the pages.

    Returns:
        One entry a number that moved, and one a page that stopped with an error. Of a run of the
        whole book nothing older is kept.
    """
    chosen = [Path(p) for p in paths] or sorted(book.glob("*.ipynb"))
    processors = available()
    if left_out := sorted(PROCESSORS.keys() - processors.keys()):
        print(f"this machine cannot stand for: {'; '.join(left_out)}", file=sys.stderr)
    found: list[Moved] = []
    for path, made in run_all(chosen, processors).items():
        stopped = {run.error: [name] for name, run in made.items() if run.error}
        if stopped:
            found.append(Moved(path.stem, 0, "stops", stopped))
            continue
        found += compare(path, {name: run.texts for name, run in made.items()})
        found += _note_intervals(book / "results.json", path, list(made.values()))
    if not paths:
        runs.prune(chosen)
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
    kept = runs.kept_at(path, environment)
    if not kept.exists():
        # The name is settled before the run: what is edited meanwhile asks for another one.
        command = [sys.executable, "-m", "tools.portable", str(path), str(kept)]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        started.append(process)
        _, said = process.communicate()
        if process.returncode:
            lines = COLOURS.sub("", said).strip().splitlines() or ["interrupted"]
            return Run({}, (), 0, (ERROR.findall("\n".join(lines)) or lines)[-1])
    return runs.restore(kept)


def run_here(path: Path, kept: Path) -> None:
    """Execute one page in this process's environment and keep what it printed, in one step."""
    nb, recorded = notebooks.read(path), dict[str, results.Recorded]()
    seconds = notebooks.execute(nb, path.parent, recorded)
    runs.keep(kept, nb, recorded, seconds)


def _note_intervals(file: Path, path: Path, made: Sequence[Run]) -> list[Moved]:
    """Write where each recorded value lay in all runs; return what stands in no line."""
    entries, code = pages.load_results(file), runs.code_of(path)
    of: dict[str, list[results.Recorded]] = {}
    for run in made:
        for entry in run.recorded:
            of.setdefault(entry.name, []).append(entry)
    for name in of.keys() & entries.keys():
        earlier = intervals.kept(entries[name], code) if len(made) < len(PROCESSORS) else {}
        entries[name] |= intervals.interval(of[name], earlier.get("seen", ())) | {"code": code}
    pages.save_results(file, entries)
    unknown = sorted(of.keys() - entries.keys())
    return [Moved(path.stem, 0, name, {"not in results.json": ["all"]}) for name in unknown]


if __name__ == "__main__":
    run_here(Path(sys.argv[1]), Path(sys.argv[2]))
