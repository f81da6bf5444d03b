"""What built pages offer: the neighbours' questions, the code as a script, what search looks up."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tools import ledger, reading

ROOT = Path(__file__).resolve().parents[2]
# What building does not install; importing the extensions must not ask for it.
WITHOUT = """
import sys
class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"numpy", "pandas", "matplotlib", "nbconvert", "tensorflow"}:
            raise ImportError(name)
sys.meta_path.insert(0, Lacking())
import tools.boxes, tools.footer, tools.reading
"""


class App:
    """What the extension uses of Sphinx."""

    def __init__(self) -> None:
        self.scripts: list[tuple[str | None, str]] = []

    def add_js_file(self, name: str | None, body: str = "", priority: int = 500) -> None:
        self.scripts.append((name, body))


def test_building_needs_only_what_building_installs() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_a_neighbour_is_named_with_its_question() -> None:
    neighbour = {"title": "5. Houses", "link": "05-houses.html"}
    asked = reading.asked(neighbour, {"05-houses": "How dear?"})
    assert asked == '5. Houses<span class="neighbour-question">How dear?</span>'
    assert reading.asked(neighbour, {}) == "5. Houses"


def context(url: str) -> dict[str, Any]:
    source = {"type": "link", "url": url, "text": ".ipynb", "label": "download-source-button"}
    groups = [{"label": "other"}, {"label": "download-buttons", "buttons": [source]}]
    return {"page_source_suffix": Path(url).suffix, "header_buttons": groups}


def test_a_notebook_is_offered_as_a_script_too() -> None:
    given = context("../_sources/book/01-background.ipynb")
    reading.add(App(), "book/01-background", "page.html", given, None)
    buttons = given["header_buttons"][1]["buttons"]
    names = [Path(button["url"]).name for button in buttons]
    assert names == ["01-background.ipynb", "01-background.py"]
    plain = context("../_sources/book/notation.md")
    reading.add(App(), "book/notation", "page.html", plain, None)
    assert len(plain["header_buttons"][1]["buttons"]) == 1


@pytest.mark.parametrize(("page", "name"), reading.SCRIPTS.items())
def test_landing_page_and_search_get_what_they_look_up(page: str, name: str) -> None:
    app = App()
    reading.add(app, page, "page.html", {}, None)
    (_, body), (script, _) = app.scripts
    assert script == name
    assert (ROOT / "book" / "_static" / name).exists()
    assert "</" not in body
    told = json.loads(body.removeprefix("window.COURSE = ").removesuffix(";"))
    assert set(told) == {"claims", "exercises", "pages"}


def test_other_pages_get_no_more_than_they_need() -> None:
    app = App()
    reading.add(app, "book/notation", "page.html", {}, None)
    assert app.scripts == []


def test_what_is_looked_up_is_what_the_pages_hold() -> None:
    told = reading.looked_up()
    assert len(told["claims"]) == len(ledger.load(ROOT / "book" / "claims.yml"))
    pages = {path.stem: path for path in (ROOT / "book").glob("*.ipynb")}
    assert set(told["pages"]) == set(pages)
    sources = {
        name: "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        for name, path in pages.items()
    }
    for *_, address in [*told["claims"], *told["exercises"]]:
        name, anchor = re.fullmatch(r"book/(.+)\.html#(.+)", address).groups()  # type: ignore[union-attr]
        assert re.search(rf"^(?:\({anchor}\)=|:name: {anchor})$", sources[name], re.MULTILINE)
    keys = [key for page in told["pages"].values() for key in page["quiz"].items()]
    assert len(keys) == len(set(keys)) > 100
    assert sum(len(page["exercises"]) for page in told["pages"].values()) == len(told["exercises"])
