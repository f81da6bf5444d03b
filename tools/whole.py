"""The built pages as one book: in order, every name once, hints and solutions at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from companion.errors import CourseError

TITLE, SUBTITLE = "Large models, small machine", "Every claim runs"
APPENDIX = "hints-and-solutions"
# How every page ends: these headings would fill the contents, and explain no term.
CLOSING = {"What to remember", "What we did not show", "Further reading", "Five questions"}

# Spans that no style colours: most of a page's elements.
_PLAIN = re.compile(r'<span class="(?:n|p|w|pre)">([^<]*)</span>')
_COMMENT = re.compile("<!--.*?-->", re.DOTALL)
# What only the screen needs: scripts, signs to click on, and the styles of data frames.
_DROPPED = (
    "script, style, button, .headerlink, [data-quiz], .expanded.admonition-title, .toctree-wrapper"
)
_OLD_ATTRIBUTES = ("tabindex", "border", "halign", "valign", "align")
# Where pages say that something is below, which here is at the end.
_BELOW = re.compile(r"are\s+folded\s+below|(?<=the reasons )stand below it")


@dataclass
class Leaf:
    """One page of the book.

    Attributes:
        name: its file, such as ``04-mathematics``; all its ids begin with it.
        title: as in the contents.
        part: the caption in the contents above it; the landing page has none.
        depth: 0 for a chapter, 1 for a second page of one.
        body: the text, an ``article``; all addresses inside the book begin with ``#``.
    """

    name: str
    title: str
    part: str
    depth: int
    body: Tag


@dataclass
class Entry:
    """A line of the contents: its words, the id that it leads to, and the lines below it."""

    title: str
    target: str
    entries: list[Entry] = field(default_factory=list)


def read(html: Path) -> list[Leaf]:
    """Return the pages of a built book in the order of its contents.

    Args:
        html: the folder of the built pages.

    Raises:
        CourseError: there is no built book, or a link in it leads nowhere.
    """
    links = _parse(html / "book" / "index.html").select("nav.bd-links li > a.internal")
    leaves = [_leaf(html / "book", link) for link in links]
    names = {leaf.name for leaf in leaves}
    for leaf in leaves:
        _clean(leaf.body)
        _rename(leaf, names)
    _check_links(leaves)
    return leaves


def set_apart(leaves: Iterable[Leaf]) -> Leaf:
    """Move hints, solutions and answers into an appendix; paper cannot fold them.

    Args:
        leaves: changed in place: each exercise and each question gets a link to what has moved.

    Returns:
        The appendix, whose headings link back.
    """
    body = _element(f'<article id="{APPENDIX}"><h1>Hints and solutions</h1></article>')
    for leaf in leaves:
        entries = list(_moved(leaf))
        for text in leaf.body.find_all(string=_BELOW):
            text.replace_with(_BELOW.sub("are in the appendix", text))
        if entries:
            start = f'<section id="{APPENDIX}--{leaf.name}"><h2>{escape(leaf.title)}</h2></section>'
            section = _element(start)
            section.extend(entries)
            body.append(section)
    return Leaf(APPENDIX, "Hints and solutions", "Reference", 0, body)


def outline(leaves: Iterable[Leaf]) -> list[Entry]:
    """Return the contents: parts, in them chapters, in these their sections and second pages."""
    top: list[Entry] = []
    for part, group in groupby(leaves, key=lambda leaf: leaf.part):
        trail = [Entry(part, "", [])]
        for leaf in group:
            own = Entry(leaf.title, leaf.name, _sections(leaf.body))
            trail = trail[: leaf.depth + 1]
            trail[-1].entries.append(own)
            trail.append(own)
        trail[0].target = trail[0].entries[0].target
        top += trail[:1] if part else trail[0].entries
    return top


def listing(entries: Iterable[Entry], address: Callable[[str], str]) -> str:
    """Return the contents as a nested list in HTML; nothing where there is none."""
    items = [
        f'<li><a href="{escape(address(entry.target))}">{escape(entry.title)}</a>'
        f"{listing(entry.entries, address)}</li>"
        for entry in entries
    ]
    return f"<ol>{''.join(items)}</ol>" if items else ""


def colours(html: Path, theme: str) -> str:
    """Return the built book's style rules that colour code, for one theme: light or dark."""
    rules = (html / "_static" / "pygments.css").read_text(encoding="utf-8").splitlines()
    scope = f'html[data-theme="{theme}"] '
    return "\n".join(rule.removeprefix(scope) for rule in rules if rule.startswith(scope))


def _parse(path: Path) -> BeautifulSoup:
    if not path.exists():
        raise CourseError(f"There is no page {path}; build the book first: `make book`.")
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    return BeautifulSoup(_PLAIN.sub(r"\1", text), "html.parser")


def _element(markup: str) -> Tag:
    found = BeautifulSoup(markup, "html.parser").find()
    assert isinstance(found, Tag)
    return found.extract()


def _leaf(pages: Path, link: Tag) -> Leaf:
    address = str(link["href"])
    name = "index" if address == "#" else Path(address).stem
    caption = link.find_previous("p", class_="caption")
    depth = len(link.find_parents("li")) - 1
    body = _parse(pages / f"{name}.html").find("article")
    if not isinstance(body, Tag):
        raise CourseError(f"The page {name}.html should have an article; build the book again.")
    return Leaf(name, _words(link), _words(caption) if caption else "", depth, body.extract())


def _words(tag: Any) -> str:
    return " ".join(tag.get_text().split())


def _clean(body: Tag) -> None:
    for tag in body.select(_DROPPED):
        tag.decompose()
    _unfold(body)
    for marks in body.select(".marks"):
        marks.replace_with(f" ({', '.join(marks.stripped_strings)})")
    for status in body.select(".cell_output:has([role=status])"):
        status.decompose()  # an exercise's "To do": there is nothing to run here
    for summary in body.find_all("summary"):
        code = summary.parent.find("pre") if summary.parent else None
        lines = len(code.get_text().strip().splitlines()) if code else 0
        summary.attrs.clear()
        summary.string = f"Code, {lines} {'line' if lines == 1 else 'lines'}"
    for tag in body.find_all(True):
        for name in _OLD_ATTRIBUTES:
            tag.attrs.pop(name, None)


def _unfold(body: Tag) -> None:
    """Write each fold as a box; what only gathers others, or is a sample of the notation, opens."""
    for head in body.select("details.fold > summary"):
        fold = head.parent
        assert fold is not None
        gathers = {"help", "test"} & set(fold["class"])
        if "help" in gathers:
            head.decompose()
        else:
            head.name, head.attrs = "p", {"class": "rubric" if gathers else "admonition-title"}
        if gathers:
            fold.unwrap()
        else:
            fold.name = "div"
            if "sample" in fold["class"]:
                fold["class"] = "admonition"


def _rename(leaf: Leaf, names: set[str]) -> None:
    """Give a page's ids its name, and write each address inside the book as one of those ids."""
    for tag in leaf.body.find_all(id=True):
        tag["id"] = f"{leaf.name}--{tag['id']}"
    leaf.body.attrs = {"id": leaf.name}
    for link in leaf.body.find_all("a", href=True):
        address = _address(str(link["href"]), leaf.name, names)
        if address:
            link["href"] = address
        else:
            link.unwrap()
    for image in leaf.body.find_all("img"):
        image["src"] = str(image["src"]).removeprefix("../")


def _address(address: str, here: str, names: set[str]) -> str:
    """Return an address as it is in the whole book; nothing if it leads to no page of it."""
    if re.match("[a-z]+:", address):
        return address
    page, _, anchor = address.partition("#")
    name = Path(page).stem if page else here
    if name not in names:
        return ""
    return f"#{name}--{anchor}" if anchor else f"#{name}"


def _check_links(leaves: Iterable[Leaf]) -> None:
    ids = {tag["id"] for leaf in leaves for tag in (leaf.body, *leaf.body.find_all(id=True))}
    for leaf in leaves:
        for link in leaf.body.find_all("a", href=re.compile("^#")):
            if str(link["href"])[1:] not in ids:
                raise CourseError(
                    f"'{_words(link)}' on the page {leaf.name} leads to no place in the book; "
                    "mend the link, or build the book again."
                )


def _moved(leaf: Leaf) -> Iterator[Tag]:
    """Take the folded hints, solutions and answers out of a page; yield them by their question."""
    folds = leaf.body.select(".dropdown.admonition")
    # Two questions may have the same words, so they are compared as objects.
    for _, group in groupby(folds, key=lambda fold: id(_question(fold))):
        parts = list(group)
        question = _question(parts[0])
        target = f"{APPENDIX}--{question['id']}"
        title = _words(question.select_one(".admonition-title"))
        back = f'<a href="#{question["id"]}" data-page="">{escape(title)}</a>'
        entry = _element(f'<section class="apart" id="{target}"><h3>{back}</h3></section>')
        entry.extend(part.extract() for part in parts)
        what = "Answers" if "quiz" in question["class"] else "Hints and solution"
        question.append(
            _element(f'<p class="apart"><a href="#{target}" data-page="">{what}</a></p>')
        )
        yield entry


def _question(fold: Tag) -> Tag:
    found = fold.find_parent(class_="quiz") or fold.find_previous_sibling(class_="exercise")
    if not isinstance(found, Tag) or "id" not in found.attrs:
        raise CourseError(
            f"'{_words(fold.select_one('.admonition-title'))}' is folded, but no exercise or "
            "question with a label is before it; only hints, solutions and answers may be folded."
        )
    return found


def _sections(body: Tag) -> list[Entry]:
    return [
        Entry(_words(heading), str(heading.parent["id"]))
        for heading in body.find_all("h2")
        if heading.parent and "id" in heading.parent.attrs and _words(heading) not in CLOSING
    ]
