"""JupyterLab as ``make lab`` starts it: a page rendered, an exercise judged, the tabs noted."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page

from companion.exercises.registry import get
from tools import exercise_pages as pages
from tools.lab import LANDING, last_read
from tools.notebooks import execute, normalise, read

ROOT = Path(__file__).resolve().parents[2]
ID = "ch05.parameters"
START_SECONDS = 90
SLOW = 120_000  # milliseconds: a kernel on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_cells() -> list[str]:
    """Return the code with which pages begin; nearly all begin alike."""
    notebooks = [read(path) for path in sorted((ROOT / "book").glob("*.ipynb"))]
    code = [[cell.source for cell in nb.cells if cell.cell_type == "code"] for nb in notebooks]
    return list(dict.fromkeys(sources[0] for sources in code))


def page_to_try() -> nbformat.NotebookNode:
    """Return a notebook with one exercise as it stands on its page, and its solution."""
    cells = pages.on_page(read(ROOT / "book" / "05-house-prices.ipynb"))[ID]
    answer = pages.solution(get(ID))
    imports = "from companion.exercises import check, progress"
    cells["stub"].source = f"{imports}\n\n{answer.source}\n\n\ncheck({ID!r}, {answer.name})"
    return normalise(new_notebook(cells=[*cells.values(), new_code_cell("progress()")]))


MOVING = """from matplotlib import pyplot as plt
from companion.moving import moving

words = {"label": "slope", "alt": "A line that gets steeper.", "caption": "A slope."}
shown = moving(lambda slope: plt.figure().gca().plot([0, slope]), {"one": 1, "two": 2}, **words)
"""


def page_that_moves() -> nbformat.NotebookNode:
    """Return a notebook with a stored moving figure, which nobody has trusted yet."""
    scope: dict[str, Any] = {"__name__": "page"}
    exec(MOVING, scope)
    data = {"text/html": scope["shown"].page, "text/plain": scope["shown"].text}
    output = new_output("execute_result", data=data, execution_count=1)
    return normalise(new_notebook(cells=[new_code_cell(f"{MOVING}shown", outputs=[output])]))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the book's text."""
    copy = tmp_path_factory.mktemp("clone")
    shutil.copy(ROOT / "_toc.yml", copy)
    (copy / "book").mkdir()
    shutil.copy(ROOT / "book" / "index.md", copy / "book")
    shutil.copytree(ROOT / "book" / "exercises", copy / "book" / "exercises")
    nbformat.write(page_to_try(), copy / "book" / "05-try.ipynb")
    nbformat.write(page_that_moves(), copy / "book" / "05-moving.ipynb")
    return copy


@pytest.fixture(scope="module")
def lab(browser: Browser, clone: Path) -> Iterator[str]:
    """Start JupyterLab on the copy; return its address."""
    port = free_port()
    options = [
        "--no-browser",
        "--allow-root",
        f"--ServerApp.port={port}",
        "--IdentityProvider.token=",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COURSE_PROGRESS": str(clone / "p.json")}
    server = subprocess.Popen(
        [sys.executable, "-m", "tools.__main__", "lab", *options],
        cwd=clone,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/api", timeout=5).close()
            break
        except OSError:
            time.sleep(0.5)
    yield address
    os.killpg(server.pid, signal.SIGTERM)  # the command, and the JupyterLab that it started
    server.wait(30)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def open_alone(page: Page, lab: str, name: str) -> None:
    """Open a notebook in a workspace of its own, where no earlier tab comes back."""
    page.goto(f"{lab}/lab/workspaces/{name}/tree/book/{name}.ipynb")


def run_all(page: Page) -> None:
    """Run all cells once a kernel waits: without one, JupyterLab only clears the outputs."""
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def test_lab_opens_on_the_landing_page_with_myst_rendered(lab: str, page: Page) -> None:
    page.goto(f"{lab}/")
    shown = page.locator(".jp-MarkdownViewer")
    shown.locator("h1", has_text="Large models, small machine").wait_for()
    shown.locator("table").first.wait_for()
    assert "generated:verdict-counts" not in shown.inner_text()


def test_an_exercise_is_rendered_and_judged(lab: str, page: Page) -> None:
    open_alone(page, lab, "05-try")
    notebook = page.locator(".jp-Notebook")
    statement = notebook.locator(".jp-MarkdownCell").first
    # Rendered MyST makes an admonition a landmark of its own.
    statement.locator("aside", has_text="Exercise: Count the weights").wait_for()
    fold = notebook.locator("details", has_text="Hints and solution")
    hint = fold.locator("details", has_text="Hint 1 of 2")
    fold.wait_for()
    assert not hint.is_visible()
    fold.locator("summary").first.click()
    hint.wait_for()
    assert not hint.locator("p").first.is_visible()
    hint.locator("summary").click()
    hint.locator("p").first.wait_for()
    run_all(page)
    outputs = notebook.locator(".jp-OutputArea-output")
    outputs.get_by_text("Pass: Count the weights").wait_for()
    outputs.locator("td", has_text=ID).first.wait_for()


@pytest.mark.parametrize("source", first_cells())
def test_the_first_cell_of_a_page_needs_nothing_before_it(source: str) -> None:
    execute(new_notebook(cells=[new_code_cell(source)]), ROOT / "book")


def test_the_page_in_front_is_where_one_goes_on(lab: str, clone: Path, page: Page) -> None:
    page.goto(f"{lab}/lab/tree/book/05-try.ipynb")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    end = time.monotonic() + START_SECONDS
    while last_read(clone) == LANDING and time.monotonic() < end:
        page.wait_for_timeout(500)
    assert last_read(clone) == "book/05-try.ipynb"


def test_a_figure_stands_still_until_it_is_trusted_and_then_moves(lab: str, page: Page) -> None:
    open_alone(page, lab, "05-moving")
    output = page.locator(".jp-Notebook .jp-OutputArea-output")
    output.locator("img").wait_for()
    still = output.locator("img").get_attribute("src")
    assert output.locator("input").count() == 0
    output.get_by_text("one").wait_for()
    run_all(page)
    slider = output.locator("input")
    slider.wait_for()
    slider.press("ArrowRight")
    output.locator("b", has_text="two").wait_for()
    assert output.locator("img").get_attribute("src") != still
