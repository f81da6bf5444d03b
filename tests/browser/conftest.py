"""The built book in headless Chromium, from disk, as a reader opens it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

from tools.chromium import FLAGS, find

ROOT = Path(__file__).resolve().parents[2]
BUILD_SECONDS = 600


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the system's Chromium. A reader may lack it; where CI lacks it, nothing was proved."""
    found = find()
    if found is None:
        end = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        end("no Chromium on this machine: install the package 'chromium'")
    return found


@pytest.fixture(scope="session")
def html(chromium: str) -> Path:
    """Return the folder of the built pages; built first if a source has changed."""
    (ROOT / "_build").mkdir(exist_ok=True)
    with FileLock(ROOT / "_build" / "browser.lock"):
        run = subprocess.run(
            [sys.executable, "-m", "tools.__main__", "book"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            env=os.environ.copy(),
        )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return ROOT / "_build" / "html"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium once a module: it runs an event loop that others cannot share."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()
