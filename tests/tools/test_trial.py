"""A trial of one's own: made once, never overwritten, and refused by the fault that it has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from companion.errors import CourseError
from tools import __main__ as cli
from tools import notebooks, trial, trial_check

ROOT = Path(__file__).resolve().parents[2]
WORDS = """# A trial

**Claim.** Rest helps.

**Source.** Smith, https://example.org/rest, page 3.

**Rival.** Coffee, as often.

**Negative control.** Nothing against nothing.

**Positive control.** No sleep for a night.

**It is refuted if** the interval lies below zero.

## Verdict

**Verdict: true only if.** The night is short: the gain is 2.5 [1.0, 4.0] points, for ten people.
"""
CODE = """
SEEDS, GRID = range(5), {"hours": (4, 6, 8)}
best = tuned(score, GRID, ends={"hours": [4]})
print(best)
gains = repeated(run, SEEDS)
print(controls(negative=a, positive=b))
print(paired_difference(gains, rival))
"""
PRINTED = "best of 3: hours = 6 (score 3.1)\nA - B = 2.5 [1.0, 4.0] (95 %, 5 pairs)\n"


def written(
    folder: Path, words: str = WORDS, code: str = CODE, printed: str = PRINTED, run: int | None = 1
) -> Path:
    """Write a trial that lacks nothing, but for what is changed."""
    output = new_output("stream", name="stdout", text=printed)
    cell = new_code_cell(code, execution_count=run, outputs=[output])
    path = folder / "trial.ipynb"
    notebooks.write(path, new_notebook(cells=[new_markdown_cell(words), cell]))
    return path


def test_a_whole_trial_lacks_nothing(tmp_path: Path) -> None:
    assert trial_check.missing(written(tmp_path)) == []


@pytest.mark.parametrize("name", ["trial-dropout", "trial-batch"])
def test_the_worked_examples_lack_nothing(name: str) -> None:
    assert trial_check.missing(ROOT / "book" / f"{name}.ipynb") == []


def without(label: str) -> Callable[[str], str]:
    return lambda words: words.replace(f"**{label}", "**Remark")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("Claim"), "No 'Claim'"),
        (without("Source"), "No 'Source'"),
        (lambda w: w.replace("https://example.org/rest, page 3", "folklore"), "looked up"),
        (without("Rival"), "No 'Rival'"),
        (lambda w: w.replace("Coffee, as often", "(to be written)"), "No 'Rival'"),
        (without("Negative control"), "No 'Negative control'"),
        (without("It is refuted if"), "No 'It is refuted if'"),
        (without("Verdict"), "No verdict"),
        (lambda w: w.replace("true only if", "great"), "No verdict"),
        (lambda w: w.replace("2.5 [1.0, 4.0] points", "2.5 points"), "2.5 without an interval"),
        (lambda w: w.replace("The night", "It always helps; the night"), "'always'"),
        (lambda w: w.split("The night")[0], "no reason"),
    ],
)
def test_words_that_are_missing_or_too_strong_are_named(
    tmp_path: Path, change: Callable[[str], str], said: str
) -> None:
    (fault,) = trial_check.missing(written(tmp_path, change(WORDS)))
    assert said in fault


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("range(5)", "range(1)", "One seed is too few"),
        ("range(5)", "[1, 2, 3]", "3 seeds are too few"),
        ("repeated(run, SEEDS)", "run(0)", "Nothing is repeated"),
        ("repeated(run, SEEDS)", "repeated(run, seeds_of(me))", "a range or a list"),
        ("negative=a, ", "", "No negative control"),
        (", positive=b", "", "No positive control"),
        ("tuned(", "search(", "No arm was tuned"),
    ],
)
def test_code_that_lacks_seeds_controls_or_tuning_is_named(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in CODE
    faults = trial_check.missing(written(tmp_path, code=CODE.replace(old, new)))
    assert said in faults[0]
    assert len(faults) == 1


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (PRINTED.replace("hours = 6", "hours = 8"), "hours = 8 lies at the edge"),
        (PRINTED + "CourseError: The best score lies at the edge of the grid", "lies at the edge"),
        ("best of 3: hours = 6 (score 3.1)\nA - B = 2.5\n", "No output shows an interval"),
    ],
)
def test_outputs_at_an_edge_or_without_an_interval_are_named(
    tmp_path: Path, printed: str, said: str
) -> None:
    (fault,) = trial_check.missing(written(tmp_path, printed=printed))
    assert said in fault


def test_an_end_beyond_which_there_is_nothing_is_no_edge(tmp_path: Path) -> None:
    at_the_end = PRINTED.replace("hours = 6", "hours = 4")
    assert trial_check.missing(written(tmp_path, printed=at_the_end)) == []


def test_a_trial_that_was_not_run_or_is_broken_is_named(tmp_path: Path) -> None:
    (fault,) = trial_check.missing(written(tmp_path, run=None))
    assert "run all" in fault
    broken = trial_check.missing(written(tmp_path, code="%time x\nthis is no Python"))
    assert "Nothing is repeated: give `repeated` at least five seeds for each arm." in broken


def opened(monkeypatch: pytest.MonkeyPatch, root: Path) -> list[tuple[str, ...]]:
    """Stand in a course's folder, and note what would be started."""
    calls: list[tuple[str, ...]] = []
    (root / "_toc.yml").touch()
    monkeypatch.chdir(root)
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setattr(cli, "_show_markdown_rendered", lambda: None)
    monkeypatch.setattr(cli, "_run", lambda *words: calls.append(words) or 0)
    return calls


def test_the_command_makes_opens_and_checks_a_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = opened(monkeypatch, tmp_path)
    assert cli.main(["trial", "rest-helps"]) == 0
    assert "--LabApp.default_url=/lab/tree/trials/rest-helps.ipynb" in calls[0]
    path = tmp_path / "trials" / "rest-helps.ipynb"
    assert notebooks.read(path).cells[0].source.startswith("# A trial: rest-helps\n")
    assert cli.main(["trial", "rest-helps", "--check"]) == 1
    assert "- No 'Source'" in capsys.readouterr().out
    written(path.parent).rename(path)
    kept = path.read_text(encoding="utf-8")
    assert cli.main(["trial", "rest-helps", "--no-browser"]) == 0
    assert path.read_text(encoding="utf-8") == kept
    assert "--no-browser" in calls[1]
    assert cli.main(["trial", "rest-helps", "--check"]) == 0
    assert "nothing is missing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["../x"], "such as"),
        ([], "Name the trial"),
        (["not-there", "--check"], "There is no"),
    ],
)
def test_a_name_that_will_not_do_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    opened(monkeypatch, tmp_path)
    assert cli.main(["trial", *words]) == 1
    assert said in capsys.readouterr().err


def test_the_template_runs_as_it_is(tmp_path: Path) -> None:
    nb: NotebookNode = notebooks.read(trial.new("toy", tmp_path))
    names: dict[str, object] = {}
    for cell in nb.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
    with pytest.raises(CourseError, match="There is no"):
        trial.report("none", Path())
