"""``make pdf``: the whole book on paper, printed by Chromium from the built pages."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from playwright.sync_api import Page
from pypdf import PdfReader, PdfWriter
from pypdf.generic import IndirectObject

from companion.errors import CourseError
from tools import chromium, whole
from tools.archive import NAME
from tools.footer import footer
from tools.whole import Entry, Leaf

STYLES = Path(__file__).with_name("styles")
WIDTH = 642  # CSS pixels of text between the margins: 170 mm
# Only what is marked as a formula, and no hidden copy of it: it would make cells look too wide.
_MATHJAX = """{options: {processHtmlClass: "math", enableMenu: false, enableAssistiveMml: false}}"""

# Makes what is wider than the text as much smaller as is needed, and names what is still cut.
_FIT = """() => {
  const wide = "table, mjx-container[display=true], img";
  for (const box of document.querySelectorAll(wide)) {
    const room = box.parentElement.clientWidth;
    if (box.scrollWidth > room + 1) box.style.zoom = room / (box.scrollWidth + 1);
  }
  const edge = document.body.getBoundingClientRect().right + 1;
  const end = (box) => box.getBoundingClientRect().left + box.scrollWidth * box.currentCSSZoom;
  return [...document.querySelectorAll("p, li, dd, pre, td, h1, h2, h3, figcaption, " + wide)]
    .filter((box) => end(box) > edge && !box.closest("nav"))
    .map((box) => `${box.closest("article")?.id}: ${box.textContent.slice(0, 60)}`);
}"""
_NUMBER = """(pages) => {
  for (const link of document.querySelectorAll("nav.contents a, a[data-page]"))
    link.dataset.page = pages[decodeURIComponent(link.hash.slice(1))] ?? "000";
}"""


def pdf(html: Path, folder: Path) -> Path:
    """Print the built book into one PDF with page numbers, contents and bookmarks.

    Args:
        html: the folder of the built pages.
        folder: where the PDF goes; made when missing.

    Returns:
        The path of the PDF.

    Raises:
        CourseError: there is no built book or no Chromium, or something is cut at the page's edge.
    """
    leaves = whole.read(html)
    leaves.append(whole.set_apart(leaves))
    source = html.parent / "pdf" / "book.html"
    source.parent.mkdir(exist_ok=True)
    source.write_text(document(leaves, html.resolve()), encoding="utf-8")
    printed = _print(source)
    if chinese_is_missing(printed):
        print(
            "No font here has the Chinese words: boxes stand for them. Install one, such as the "
            "package 'fonts-droid-fallback', and print again.",
            file=sys.stderr,
        )
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{NAME}.pdf"
    part = target.with_suffix(".part")
    part.write_bytes(_with_bookmarks(printed, whole.outline(leaves)))
    part.replace(target)
    return target


def document(leaves: Iterable[Leaf], html: Path) -> str:
    """Return the whole book as one page of HTML, to be printed.

    Args:
        leaves: the pages and the appendix; their folded code is replaced by its number of lines.
        html: the folder of the built pages, a whole path.
    """
    leaves = list(leaves)
    for leaf in leaves:
        _fold(leaf)
        for image in leaf.body.find_all("img"):
            image["src"] = f"{html.as_uri()}/{image['src']}"
    styles = [whole.colours(html, "light"), (STYLES / "pdf.css").read_text(encoding="utf-8")]
    running = "\n".join(map(_running_head, leaves))
    mathjax = f"{html.as_uri()}/_static/mathjax/tex-chtml.js"
    contents = whole.listing(whole.outline(leaves), lambda target: f"#{target}")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{whole.TITLE}</title>'
        f"<style>{chr(10).join(styles)}\n{running}</style>"
        f"<script>window.MathJax = {_MATHJAX}</script>"
        f'<script src="{mathjax}"></script></head><body class="tex2jax_ignore">{_title_page()}'
        f'<nav class="contents"><h1>Contents</h1>{contents}</nav>'
        f"{''.join(str(leaf.body) for leaf in leaves)}</body></html>\n"
    )


def page_numbers(content: bytes) -> dict[str, int]:
    """Return the page, from 1, on which each id stands that a link leads to."""
    reader = PdfReader(io.BytesIO(content))
    found = {}
    for name, place in reader.named_destinations.items():
        page = reader.get_destination_page_number(place)
        assert page is not None
        found[name.removeprefix("/")] = page + 1
    return found


def chinese_is_missing(content: bytes) -> bool:
    """Whether no font had the glossary's Chinese words; such glyphs have no text in the PDF."""
    number = page_numbers(content).get("glossary")
    pages = PdfReader(io.BytesIO(content)).pages
    return number is not None and "\0" in pages[number - 1].extract_text()


def _fold(leaf: Leaf) -> None:
    """Leave of folded code a line that says how long it is: paper cannot open it."""
    for details in leaf.body.find_all("details"):
        said = details.summary.get_text() if details.summary else ""
        details.name, details.attrs = "p", {"class": "folded"}
        details.string = f"{said}: in the notebook"


def _running_head(leaf: Leaf) -> str:
    title = leaf.title.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'@page leaf-{leaf.name} {{ @top-right {{ content: "{title}"; }} }}\n'
        f'article[id="{leaf.name}"] {{ page: leaf-{leaf.name}; }}'
    )


def _title_page() -> str:
    return (
        f'<header class="cover"><h1>{whole.TITLE}</h1><p class="subtitle">{whole.SUBTITLE}</p>'
        "<p>Printed from the built pages. Words in colour are links, in this file too. Hints, "
        "solutions and answers stand at the end. Code that the pages fold is in the notebooks.</p>"
        f"<p>{escape(footer())}</p><p>Text and figures: CC BY 4.0. Code: MIT.</p></header>"
    )


def _print(source: Path) -> bytes:
    """Print twice: the first time tells on which page each thing stands."""
    with chromium.blank_page(WIDTH) as page:
        page.emulate_media(media="print", color_scheme="light")
        page.goto(source.resolve().as_uri())
        page.evaluate("MathJax.startup.promise.then(() => null)")
        page.evaluate(_NUMBER, {})
        if cut := page.evaluate(_FIT):
            raise CourseError(f"Cut at the page's edge, {len(cut)}×; make it narrower: {cut[0]}")
        numbers = page_numbers(_paper(page))
        page.evaluate(_NUMBER, numbers)
        printed = _paper(page)
    if page_numbers(printed) != numbers:
        raise CourseError("The page numbers moved the text; give them room in pdf.css.")
    return printed


def _paper(page: Page) -> bytes:
    return page.pdf(prefer_css_page_size=True, print_background=True, tagged=False)


def _with_bookmarks(printed: bytes, contents: Iterable[Entry]) -> bytes:
    numbers = page_numbers(printed)
    # Copying meets some objects twice, and would warn that they are more than Chromium counted.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    writer = PdfWriter(clone_from=io.BytesIO(printed))
    _bookmark(writer, contents, numbers, None)
    writer.page_mode = "/UseOutlines"
    writer.add_metadata(
        {"/Title": whole.TITLE, "/Subject": whole.SUBTITLE, "/Author": "The authors"}
    )
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def _bookmark(
    writer: PdfWriter,
    entries: Iterable[Entry],
    numbers: Mapping[str, int],
    parent: IndirectObject | None,
) -> None:
    for entry in entries:
        page = numbers[entry.target] - 1
        item = writer.add_outline_item(
            title=entry.title, page_number=page, parent=parent, is_open=parent is None
        )
        _bookmark(writer, entry.entries, numbers, item)
