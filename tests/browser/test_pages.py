"""Every page from disk: quiet, drawn, whole, fit for a phone, the dark, a keyboard and an ear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

BOOK = Path(__file__).resolve().parents[2] / "book"
NAMES = sorted(path.stem for path in [*BOOK.glob("*.md"), *BOOK.glob("*.ipynb")])
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SITE_BYTES = 25_000_000
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SETTLED = "() => !window.MathJax?.startup?.promise || window.MathJax.startup.promise.then(() => 1)"
HEADINGS = "() => [...document.querySelectorAll('article :is(h1,h2,h3,h4,h5)')].map(h => h.tagName)"
DARK = """() => document.documentElement.dataset.theme === 'dark'
  && !document.getAnimations().some(animation => animation instanceof CSSTransition)"""
# What no page may have, each with where it is. A frame of numbers may scroll; prose in a table not.
MEASURED = """() => {
  const all = selector => [...document.querySelectorAll(`article ${selector}`)]
  const cut = selector => all(selector).filter(box => box.scrollWidth > box.clientWidth)
  return Object.entries({
    'image not loaded': [...document.images].filter(image => !image.naturalWidth),
    'image without alternative text': all('img').filter(image => !image.alt),
    'formula not drawn': all('span.math:not(:has(mjx-container))'),
    'formula with an error': all('mjx-merror'),
    'code cut off': cut('.cell_input pre'),
    'output cut off': cut('.cell_output pre'),
    'table cut off': cut('table:not(.dataframe)'),
  }).flatMap(([fault, found]) => found.map(e => `${fault}: ${e.outerHTML.slice(0, 200)}`))
}"""
# Columns beyond the table's own box, and words that are broken or reach out of their column.
CRAMPED = """() => [...document.querySelectorAll('article table')].flatMap(table => {
  const edge = Math.min(table.getBoundingClientRect().right, innerWidth) + 1
  return [...table.querySelectorAll('th, td')].flatMap(cell => {
    const box = cell.getBoundingClientRect()
    const bad = box.right > edge ? ['cut: ' + cell.innerText] : []
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
    for (let text; (text = texts.nextNode()); )
      for (const word of text.data.matchAll(/[^\\s-]+-?/g)) {
        const range = document.createRange()
        range.setStart(text, word.index)
        range.setEnd(text, word.index + word[0].length)
        const parts = [...range.getClientRects()]
        if (parts.length > 1 || parts.some(p => p.right > box.right + 1)) bad.push(word[0])
      }
    return bad
  })
})"""
# Axe weighs the colours of every piece of code, thousands on a page. One of each kind tells the
# same: the others lose their element, not their text.
ONE_OF_EACH_COLOUR = """() => {
  const seen = new Set()
  for (const span of document.querySelectorAll('article pre span:not(:has(*))')) {
    const kind = `${span.closest('div').className} ${span.className} ${span.style.cssText}`
    if (seen.has(kind)) span.replaceWith(span.textContent)
    seen.add(kind)
  }
}"""
each_page = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=DESKTOP, color_scheme="light")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    yield made
    made.close()


def opened(page: Page, html: Path, name: str) -> list[str]:
    """Open a page from disk; return the list of whatever it complains of or asks the network."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda r: None if r.url.startswith(("file:", "data:")) else said.append(r.url)
    )
    # Else outputs that wait for a guess would be judged unseen.
    page.add_init_script("localStorage.setItem('course-predict-open', '1')")
    page.goto((html / "book" / f"{name}.html").as_uri())
    page.evaluate(SETTLED)
    return said


def faults(page: Page, options: dict[str, Any]) -> list[str]:
    """Return what axe, which the page holds, finds serious or critical."""
    found = page.evaluate("options => axe.run(options)", {"preload": False, **options})
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:200]} {v['nodes'][0]['failureSummary'][:200]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


@each_page
def test_page_is_quiet_whole_and_accessible(page: Page, html: Path, name: str) -> None:
    """One visit, from a laptop by day to a phone, and to a laptop by night."""
    said = opened(page, html, name)
    assert page.get_attribute("html", "lang") == "en"
    levels = [int(tag[1]) for tag in page.evaluate(HEADINGS)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels)), levels
    assert page.evaluate(MEASURED) == []
    page.set_viewport_size(PHONE)
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{wide} pixels too wide for a phone"
    page.set_viewport_size(DESKTOP)
    page.evaluate(ONE_OF_EACH_COLOUR)
    page.evaluate(AXE)
    assert faults(page, {}) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(DARK)
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", ground)[:3])) < 200, "not dark"
    assert faults(page, {"runOnly": ["color-contrast"]}) == []
    assert said == []


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_tables_of_the_landing_page_are_readable(
    page: Page, html: Path, viewport: ViewportSize
) -> None:
    page.set_viewport_size(viewport)
    opened(page, html, "index")
    assert page.locator("article table").count() > 1
    assert page.evaluate(CRAMPED) == []
    # The check can fail: a column that keeps its line pushes the next ones out.
    page.add_style_tag(content="td:first-child { white-space: nowrap; min-width: 100vw; }")
    assert any("cut" in fault for fault in page.evaluate(CRAMPED))
    page.add_style_tag(content="td { word-break: break-all; max-width: 2rem !important; }")
    assert len(page.evaluate(CRAMPED)) > 50


def test_search_finds_a_term(page: Page, html: Path) -> None:
    page.goto((html / "search.html").as_uri() + "?q=conformal")
    page.wait_for_selector("ul.search li a")
    assert any("House prices" in text for text in page.locator("ul.search li").all_inner_texts())


def test_hints_and_solutions_open_by_keyboard(page: Page, html: Path) -> None:
    opened(page, html, "05-house-prices")
    first = page.locator(".admonition.dropdown").first
    body = first.locator("p:not(.admonition-title), pre").first
    assert not body.is_visible()
    page.keyboard.press("Tab")  # a reader who uses the keyboard sees where the focus is
    first.locator("button").focus()
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert body.is_visible()


def test_site_is_small(html: Path) -> None:
    size = sum(path.stat().st_size for path in html.rglob("*") if path.is_file())
    assert size <= SITE_BYTES, f"{size:,} bytes"
