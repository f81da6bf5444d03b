"""Every page from disk: quiet, drawn, readable on a phone, in the dark, by keyboard and by ear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

BOOK = Path(__file__).resolve().parents[2] / "book"
NAMES = sorted(path.stem for path in [*BOOK.glob("*.md"), *BOOK.glob("*.ipynb")])
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SITE_BYTES = 25_000_000
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SETTLED = "() => !window.MathJax?.startup?.promise || window.MathJax.startup.promise.then(() => 1)"
HEADINGS = "() => [...document.querySelectorAll('article :is(h1,h2,h3,h4,h5)')].map(h => h.tagName)"
NOT_DRAWN = "() => document.querySelectorAll('article span.math:not(:has(mjx-container))').length"
each_page = pytest.mark.parametrize("name", NAMES)


def context(browser: Browser, viewport: dict[str, int], scheme: str) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=viewport, color_scheme=scheme)
    yield made
    made.close()


@pytest.fixture(scope="module")
def light(browser: Browser) -> Iterator[BrowserContext]:
    yield from context(browser, DESKTOP, "light")


@pytest.fixture(scope="module")
def dark(browser: Browser) -> Iterator[BrowserContext]:
    yield from context(browser, DESKTOP, "dark")


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[BrowserContext]:
    yield from context(browser, PHONE, "dark")


def opened(where: BrowserContext, html: Path, name: str) -> tuple[Page, list[str]]:
    """Open a page from disk; return it with whatever it complained of or asked the network."""
    page, said = where.new_page(), []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda r: None if r.url.startswith(("file:", "data:")) else said.append(r.url)
    )
    page.goto((html / "book" / f"{name}.html").as_uri())
    page.evaluate(SETTLED)
    return page, said


def faults(page: Page, options: dict[str, Any]) -> list[str]:
    """Return what axe finds serious or critical."""
    page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options)", {"preload": False, **options})
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:200]} {v['nodes'][0]['failureSummary'][:200]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


@each_page
def test_page_is_quiet_drawn_and_accessible(light: BrowserContext, html: Path, name: str) -> None:
    page, said = opened(light, html, name)
    assert said == []
    assert page.get_attribute("html", "lang") == "en"
    levels = [int(tag[1]) for tag in page.evaluate(HEADINGS)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels)), levels
    assert page.evaluate("() => [...document.images].filter(i => !i.naturalWidth).length") == 0
    bare = page.evaluate("() => [...document.querySelectorAll('article img')].filter(i => !i.alt)")
    assert bare == []
    assert page.evaluate(NOT_DRAWN) == 0, "formulas that were not drawn"
    assert page.evaluate("() => document.querySelectorAll('article mjx-merror').length") == 0
    assert faults(page, {}) == []
    page.close()


@each_page
def test_page_has_contrast_in_the_dark(dark: BrowserContext, html: Path, name: str) -> None:
    page, said = opened(dark, html, name)
    assert said == []
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", ground)[:3])) < 200, "not dark"
    assert faults(page, {"runOnly": ["color-contrast"]}) == []
    page.close()


@each_page
def test_page_fits_a_phone(phone: BrowserContext, html: Path, name: str) -> None:
    page, said = opened(phone, html, name)
    assert said == []
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{wide} pixels too wide"
    page.close()


def test_search_finds_a_term(light: BrowserContext, html: Path) -> None:
    page = light.new_page()
    page.goto((html / "search.html").as_uri() + "?q=conformal")
    page.wait_for_selector("ul.search li a")
    assert any("House prices" in text for text in page.locator("ul.search li").all_inner_texts())
    page.close()


def test_hints_and_solutions_open_by_keyboard(light: BrowserContext, html: Path) -> None:
    page, _ = opened(light, html, "05-house-prices")
    first = page.locator(".admonition.dropdown").first
    body = first.locator("p:not(.admonition-title), pre").first
    assert not body.is_visible()
    page.keyboard.press("Tab")  # a reader who uses the keyboard sees where the focus is
    first.locator("button").focus()
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert body.is_visible()
    page.close()


def test_site_is_small(html: Path) -> None:
    size = sum(path.stat().st_size for path in html.rglob("*") if path.is_file())
    assert size <= SITE_BYTES, f"{size:,} bytes"
