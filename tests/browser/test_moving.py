"""Moving figures in the built pages: moved by keys alone, still in print, whole unscripted."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGES = sorted(p.stem for p in BOOK.glob("*.ipynb") if 'class=\\"moving\\"' in p.read_text("utf-8"))


def picture(page: Page) -> tuple[str, str]:
    """Return what is shown and what is said of it."""
    box = page.locator("figure.moving")
    assert box.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    return box.locator("img").get_attribute("src") or "", box.locator("b").inner_text()


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_moves_it_and_the_ear_follows(browser: Browser, html: Path, name: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    # Else the figure waits, folded, for a guess.
    page.add_init_script("localStorage.setItem('course-predict-open', '1')")
    page.goto((html / "book" / f"{name}.html").as_uri())
    slider = page.locator("figure.moving input")
    label = page.locator("figure.moving label").inner_text().strip()
    assert page.get_by_role("slider", name=label).count() == 1
    still, last = picture(page), int(slider.get_attribute("max") or 0)
    slider.focus()
    page.keyboard.press("Home")
    seen = [picture(page)]
    for _ in range(last):
        page.keyboard.press("ArrowRight")
        seen.append(picture(page))
        assert slider.get_attribute("aria-valuetext") == seen[-1][1]
    assert still in seen
    assert len(set(seen)) == last + 1
    page.keyboard.press("End")
    assert picture(page) == seen[-1]
    box = slider.bounding_box()
    assert box is not None
    assert box["height"] >= 24  # room for a finger
    page.emulate_media(media="print")
    assert not slider.is_visible()
    assert page.locator("figure.moving img").is_visible()
    page.close()


def test_without_a_script_the_still_stands_alone(browser: Browser, html: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((html / "book" / f"{PAGES[0]}.html").as_uri())
    assert page.locator("figure.moving img").is_visible()
    assert page.locator("figure.moving b").is_visible()
    assert page.locator("figure.moving input").count() == 0
    context.close()
