"""The library of the page on trust: this book's sections, glossary and quizzes, taken by machine.

Writes ``book/data/library.json``. It is a copy of one day, so that a page edited later changes no
result; no sentence of it was written or chosen for the experiment.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import nbformat
import yaml

from benchmarks.stored import BOOK, save

STORE = BOOK / "data" / "library.json"
WORDS, LEAST = 50, 40  # kept of a section, and asked of one
ABOUT = (
    "Titles and first words of this book's sections, its glossary's entries and its quizzes, taken "
    "from the pages by benchmarks/library.py on one day in November 2026."
)
# What Markdown wraps around words: roles with a title, other roles, links, tags.
_WRAPPED = (
    (r"\{(?:term|ref|doc|numref)\}`([^`<]*?)\s*(?:<[^>]*>)?`", r"\1"),
    (r"\{[\w:]+\}`[^`]*`", ""),
    (r"\[([^\]]*)\]\([^)]*\)", r"\1"),
    (r"<[^>]+>", ""),
    (r"[*`]", ""),
)


def plain(text: str) -> str:
    """Return the words of a piece of Markdown."""
    for pattern, kept in _WRAPPED:
        text = re.sub(pattern, kept, text)
    return " ".join(text.split())


def sections(path: Path) -> list[tuple[str, str]]:
    """Return title and text of each section of a page; exercises and the quiz are left out."""
    found: list[tuple[str, list[str]]] = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "markdown" or "exercise" in cell.metadata or "quiz:" in cell.source:
            continue
        for line in cell.source.split("\n"):
            if title := re.match(r"#+ (.*)", line):
                found.append((title[1], []))
            elif found and not re.match(r":::|:\w+:|\(.*\)=|<!--|\||```|\$\$", line):
                found[-1][1].append(line)
    return [(plain(title), plain(" ".join(lines))) for title, lines in found]


def main() -> None:
    """Gather the three lists; of sections those with a title of their own."""
    pages = sorted(BOOK.glob("[01]*.ipynb"))
    found = [(path.stem.split("-")[0], *one) for path in pages for one in sections(path)]
    times = Counter(title for _, title, _ in found)
    kept = [
        {"page": page, "title": title, "text": " ".join(text.split()[:WORDS])}
        for page, title, text in found
        if times[title] == 1 and len(text.split()) >= LEAST
    ]
    entries = re.findall(
        r"^(\S.*)\n((?:  .*\n)+)", (BOOK / "glossary.md").read_text("utf-8"), re.MULTILINE
    )
    # A definition follows the Chinese word and a full stop.
    glossary = [{"term": term, "text": plain(text).split(". ", 1)[1]} for term, text in entries]
    quizzes = [
        {
            "page": path.stem.removeprefix("ch"),
            "question": plain(one["question"]),
            "options": [plain(option["text"]) for option in one["options"]],
            "right": one["answer"],
        }
        for path in sorted((BOOK / "quizzes").glob("*.yml"))
        for one in yaml.safe_load(path.read_text("utf-8"))
    ]
    save(STORE, {"about": ABOUT, "sections": kept, "glossary": glossary, "quizzes": quizzes})


if __name__ == "__main__":
    main()
