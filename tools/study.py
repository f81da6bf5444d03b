"""The study plans: which pages and exercises, in which order, and how long they take.

``book/study.yml`` says what belongs to a plan. Minutes and needs are read where they are stated
anyway: on each page's card, in the exercises, and in ``results.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from companion.errors import CourseError
from companion.exercises.words import Words, listed
from tools import exercise_pages, landing, notebooks, pages

WORDS_A_MINUTE = 90  # what the minutes on the pages' cards come to, formulas and figures included

_CARD = re.compile(r"\*[^*]*?reading (\d+) minutes.*?needs:(.*?)(?:level:|\*$)", re.I | re.S | re.M)
_LINK = re.compile(r"\]\((\d\d[^)]*)\)")
_NAMED = re.compile(r"(?:chapters?|pages?) (\d+[a-z]?\d?)(?: and (\d+[a-z]?\d?))?")


@dataclass(frozen=True)
class Page:
    """What a plan needs to know of a page.

    Attributes:
        page: its name, such as ``05b-california``.
        title: its first heading.
        reading: minutes, as its card says.
        running: minutes, as measured.
        needs: pages that its card asks for; what only helps is not among them.
    """

    page: str
    title: str
    reading: int
    running: float
    needs: tuple[str, ...]


def cards(root: Path) -> dict[str, Page]:
    """Return each page of the course by its number, such as ``"05b"``, in the book's order.

    Raises:
        CourseError: a card does not say its minutes and needs, or needs a page that is not there.
    """
    course = landing.chapters(root)
    results = pages.load_results(root / "book" / "results.json")
    names = {_number(chapter.page): chapter.page for chapter in course}
    found = {}
    for chapter in course:
        reading, needs = _stated(root / "book" / f"{chapter.page}.ipynb")
        minutes = results.get(f"{notebooks.prefix(chapter.page)}.minutes", {"value": "0"})
        wanted = tuple(dict.fromkeys(_needed(needs, names)))
        found[_number(chapter.page)] = Page(
            chapter.page, chapter.title, reading, float(minutes["value"]), wanted
        )
    return found


def _stated(path: Path) -> tuple[int, str]:
    """Return what a page's card says of reading and needs; without a card, count its words."""
    cells = [c for c in notebooks.read(path).cells if c.cell_type == "markdown"]
    for cell in cells:
        _, is_card, text = cell.source.partition(notebooks.CARD)
        if is_card:
            if card := _CARD.search(text):
                return int(card[1]), " ".join(card[2].split())
            raise CourseError(
                f"The card of {path.name} should say '*Reading 40 minutes, … Needs: … Level: …*'."
            )
    words = sum(len(c.source.split()) for c in cells if "exercise" not in c.metadata)
    return 5 * -(-words // (5 * WORDS_A_MINUTE)), ""


def _needed(needs: str, names: Mapping[str, str]) -> Iterable[str]:
    """Yield the pages that a card's words ask for."""
    for clause in re.split(r"[;,.] ", needs):
        if "helps" in clause:
            continue
        yield from _LINK.findall(clause)
        for match in _NAMED.finditer(re.sub(r"\]\([^)]*\)", "", clause)):
            for word in filter(None, match.groups()):
                number = re.sub(r"^\d(?!\d)", r"0\g<0>", word)
                if number not in names:
                    raise CourseError(f"A card needs page {word}, which is not in the contents.")
                yield names[number]


def in_order(chosen: Sequence[Page]) -> list[Page]:
    """Return the pages so that each comes after those it needs, else in the order given.

    Raises:
        CourseError: two pages need each other.
    """
    place = {page.page: n for n, page in enumerate(chosen)}
    sorter = TopologicalSorter({p.page: [n for n in p.needs if n in place] for p in chosen})
    done: list[Page] = []
    try:
        sorter.prepare()
    except CycleError as error:
        raise CourseError(f"These pages need each other: {', '.join(error.args[1])}.") from error
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=place.__getitem__)
        first = ready.pop(0)
        done.append(chosen[place[first]])
        sorter.done(first)
    return done


def plans(root: Path) -> str:
    """Return all plans of ``book/study.yml`` as Markdown.

    Raises:
        CourseError: a plan names a page or an exercise that is not there, leaves out a page that
            another one needs, or takes longer than it promises.
    """
    known, exercises = cards(root), listed()
    text = (root / "book" / "study.yml").read_text(encoding="utf-8")
    return "\n\n".join(_plan(plan, known, exercises) for plan in yaml.safe_load(text))


def _plan(plan: Mapping[str, Any], known: Mapping[str, Page], words: Mapping[str, Words]) -> str:
    whole = plan["pages"] == "all"
    chosen = {number: [] for number in known} if whole else plan["pages"]
    try:
        ordered = in_order([known[number] for number in chosen])
        mine = {
            known[number].page: _of_page(known[number], words)
            if whole
            else [words[f"ch{number[:2]}.{name}"] for name in names]
            for number, names in chosen.items()
        }
    except KeyError as error:
        raise CourseError(f"The plan '{plan['name']}' names {error}, which is not there.") from None
    names = {page.page for page in ordered}
    for page in ordered:
        if lacking := set(page.needs) - names:
            raise CourseError(
                f"The plan '{plan['name']}' has {page.page} and lacks {min(lacking)}, its need."
            )
    minutes = sum(p.reading + p.running + sum(w.minutes for w in mine[p.page]) for p in ordered)
    if minutes > 60 * plan["hours"]:
        raise CourseError(
            f"The plan '{plan['name']}' takes {minutes:.0f} minutes, more than its {plan['hours']} "
            "hours; take something out, or promise more."
        )
    count = sum(map(len, mine.values()))
    total = (
        f"Together about {_hours(minutes)}: {_counted(len(ordered), 'page')} and "
        f"{_counted(count, 'exercise')}. The table counts minutes."
    )
    rows = [_row(page, mine[page.page], name_them=not whole) for page in ordered]
    head = ["| Page | Read + run | Exercises | Sum |", "| --- | --- | --- | --- |"]
    return "\n".join([f"## {plan['name']}", "", plan["aim"].strip(), "", total, "", *head, *rows])


def _of_page(page: Page, words: Mapping[str, Words]) -> list[Words]:
    path = Path("book") / f"{page.page}.ipynb"
    return [words[id] for id in exercise_pages.on_page(notebooks.read(path)) if id in words]


def _row(page: Page, exercises: Sequence[Words], *, name_them: bool) -> str:
    links = [f"[{w.title}](#{exercise_pages.label(w.id)})" for w in exercises]
    shown = "; ".join(links) if name_them else str(len(exercises))
    spent = sum(words.minutes for words in exercises)
    total = page.reading + page.running + spent
    times = f"{page.reading} + {page.running:g}"
    return f"| [{page.title}]({page.page}) | {times} | {shown or '–'} | {total:.0f} |"


def _hours(minutes: float) -> str:
    """Return a time in half hours."""
    whole, half = divmod(round(minutes / 30), 2)
    return f"{whole} and a half hours" if half else _counted(whole, "hour")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _number(page: str) -> str:
    return notebooks.prefix(page).removeprefix("ch")
