"""What a trial still lacks, read from its notebook without running it.

Prose is read by its labels (``**Claim.**``, ``**Rival.**`` …), code as a tree, numbers in the
stored outputs. What cannot be seen so, such as whether a rival is fair, is for the reader.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tools.trial_reader import Trial, read

UNWRITTEN = "(to be written)"
LABELS = {
    "Claim": "state in one sentence what is on trial",
    "Source": "say who claims it, with page, section or address",
    "Rival": "name what a practitioner would use first",
    "Negative control": "say where nothing was planted, so that nothing may be found",
    "Positive control": "say which fault was planted, so that it must be found",
    "It is refuted if": "say before you measure which result would count against the claim",
}
VERDICTS = ("holds", "true but incomplete", "true only if", "wrong", "outdated", "unverifiable")
FEWEST_SEEDS = 5

_LABEL = re.compile(rf"^\*\*({'|'.join(LABELS)})[.:]?\*\*[.:]?(.*?)(?=^\*\*\w|^#|\Z)", re.M | re.S)
_VERDICT = re.compile(r"^\*\*Verdict: ([^*]+?)\.?\*\*(.*?)(?=^#|\Z)", re.M | re.S)
_PLACE = re.compile(
    r"https?://|doi|arxiv|isbn|\{cite|\b(page|section|table|abstract|chapter)s?\b|p\. \d", re.I
)
_STRONG = re.compile(
    r"\b(always|never|nobody|everybody|everyone|proves?|proven|certainly|undoubtedly|obviously|"
    r"impossible|guarantees?|best possible|in all cases)\b",
    re.I,
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|`[^`]*`|^>.*$", re.M)
_NUMBER = re.compile(r"\d+\.\d+|\d+ ?%|\d+(?:\.\d+)? points?\b")
_RANGE = re.compile(r"\[[^\]]*\d, [^\]]*\d\]|±|\bfrom \S+ to \d|\bbetween \S+ and \d|\b\d\S* to \d")
_INTERVAL = re.compile(r"\[-?[\d.]+, -?[\d.]+\] \([\d.]+ %, \d+ \w+\)")
_BEST = re.compile(r"best of \d+: (.+?) \(score")
_EDGE = "edge of the grid"


def missing(path: Path) -> list[str]:
    """Return what a trial lacks, a sentence each; nothing when it is whole.

    Args:
        path: the notebook. Nothing of it is run.

    Raises:
        CourseError: the file is not a notebook.
    """
    trial = read(path)
    return [sentence for check in CHECKS for sentence in check(trial)]


def _words(trial: Trial) -> Iterator[str]:
    said = {label: text.strip(" .\n") for label, text in _LABEL.findall(trial.text)}
    for label, wanted in LABELS.items():
        if not said.get(label) or UNWRITTEN in said[label]:
            yield f"No '{label}': {wanted}."
    source = said.get("Source", "")
    if source and UNWRITTEN not in source and not _PLACE.search(source):
        yield "The source cannot be looked up: add an address, an identifier, a page or a section."


def _seeds(trial: Trial) -> Iterator[str]:
    calls = trial.calls("repeated")
    if not calls:
        yield "Nothing is repeated: give `repeated` at least five seeds for each arm."
    for call in calls:
        given = call.args[1] if len(call.args) > 1 else None
        seeds = trial.value(given) if given is not None else None
        if seeds is None:
            yield "The seeds of `repeated` should be a range or a list that can be read."
        elif len(seeds) < FEWEST_SEEDS:
            word = "One seed is" if len(seeds) == 1 else f"{len(seeds)} seeds are"
            yield f"{word} too few for an interval: repeat with at least {FEWEST_SEEDS}."


def _controls(trial: Trial) -> Iterator[str]:
    given = {word.arg for call in trial.calls("controls") for word in call.keywords}
    if "negative" not in given:
        yield "No negative control was run: give `controls` what you find where nothing is."
    if "positive" not in given:
        yield "No positive control was run: give `controls` what you find where a fault is planted."


def _tuning(trial: Trial) -> Iterator[str]:
    if not trial.calls("tuned"):
        yield "No arm was tuned: give `tuned` the same number of settings for each arm."
    if _EDGE in trial.printed:
        yield "An optimum lies at the edge of its grid: try values beyond it."
    for chosen in _BEST.findall(trial.printed):
        for name, value in re.findall(r"(\w+) = ([^,]+)", chosen):
            if any(value in _edges(trial, call, name) for call in trial.calls("tuned")):
                yield f"The optimum {name} = {value} lies at the edge of its grid: try beyond it."


def _edges(trial: Trial, call: ast.Call, name: str) -> set[str]:
    """Return both ends of a parameter's axis, as printed, without those named in ``ends``."""
    grid = trial.value(call.args[1]) if len(call.args) > 1 else None
    ends = next((trial.value(word.value) for word in call.keywords if word.arg == "ends"), None)
    axis = grid.get(name, ()) if isinstance(grid, Mapping) else ()
    if len(axis) < 2 or not all(isinstance(value, int | float) for value in axis):
        return set()
    excused = ends.get(name, ()) if isinstance(ends, Mapping) else ()
    return {str(end) for end in (min(axis), max(axis)) if end not in excused}


def _intervals(trial: Trial) -> Iterator[str]:
    if not _INTERVAL.search(trial.printed):
        yield "No output shows an interval: print what `paired_difference` returns."
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z*])", _QUOTED.sub("", _verdict_of(trial)[1])):
        number = _NUMBER.search(sentence)
        if number and not _RANGE.search(sentence):
            yield f"The verdict gives {number[0]} without an interval: add its [low, high]."


def _verdict(trial: Trial) -> Iterator[str]:
    word, reasons = _verdict_of(trial)
    if word not in VERDICTS:
        yield f"No verdict: write '**Verdict: holds.**', with one of {', '.join(VERDICTS)}."
    elif len(reasons.split()) < 5:
        yield "The verdict has no reason: say what was measured, and in which range."
    for strong in dict.fromkeys(m.lower() for m in _STRONG.findall(_QUOTED.sub("", reasons))):
        yield f"The verdict says '{strong}', which no number here can carry: say in which range."


def _verdict_of(trial: Trial) -> tuple[str, str]:
    found = _VERDICT.search(trial.text)
    return (found[1].strip().lower(), found[2]) if found else ("", "")


def _run(trial: Trial) -> Iterator[str]:
    if trial.unrun:
        yield "Not all code cells were run: restart, run all, and save."


CHECKS: tuple[Callable[[Trial], Iterator[str]], ...] = (
    _words,
    _seeds,
    _controls,
    _tuning,
    _intervals,
    _verdict,
    _run,
)
