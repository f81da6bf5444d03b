"""The system's Chromium without a window: it sets formulas and prints pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from companion.errors import CourseError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# A sandbox needs rights that containers do not give; a page on a busy machine would be put behind
# all else; the others would ask the network.
FLAGS = (
    "--no-sandbox",
    "--disable-renderer-backgrounding",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 300_000  # milliseconds: the whole book on a busy machine


def find() -> str | None:
    """Return the path of the Chromium or Chrome that is installed; nothing if there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def blank_page(width: int = 1280) -> Iterator[Page]:
    """Start Chromium, and give one empty page of it.

    Args:
        width: of the page, in CSS pixels.

    Raises:
        CourseError: neither Chromium nor Chrome is installed.
    """
    program = find()
    if program is None:
        raise CourseError("No Chromium is on the path; install it (the package 'chromium').")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()
