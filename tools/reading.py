"""Sphinx extension: what a built page offers beside its text.

The neighbours' questions below each page, its code to download, and for the landing page and the
search what they look up: claims, exercises and the quizzes' keys, as a script, since a page that is
opened from disk may load no data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tools import claims, landing, ledger, notebooks

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = {"book/index": "landing.js", "search": "search.js"}

_ANCHOR = re.compile(r"^\((ex-[\w-]+)\)=$", re.MULTILINE)
_KEY = re.compile(r'data-quiz="([^"]+)" data-answer="(\d+)"')
_TAGS = re.compile(r"<[^>]+>|[`*$]|\{\w+\}")


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx (called by it)."""
    app.connect("config-inited", _name_the_mark)
    # After the theme has made its buttons, at 501, and before the footer sorts scripts out, at 900.
    app.connect("html-page-context", add, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _name_the_mark(app: Any, config: Any) -> None:
    """Have the book's title beside its mark; alone, a theme shows only the mark."""
    config.html_theme_options["logo"] = {"text": config.html_title}


def add(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add to a page's context what this extension offers (called by Sphinx)."""
    for side in ("prev", "next"):
        if neighbour := context.get(side):
            context[f"{side}_title"] = asked(neighbour, questions())
    if context.get("page_source_suffix") == ".ipynb":
        _offer_script(context)
    if pagename in SCRIPTS:
        app.add_js_file(None, body=f"window.COURSE = {script(looked_up())};")
        app.add_js_file(SCRIPTS[pagename], priority=900)  # after quiz.js, whose choices it reads


def asked(neighbour: Mapping[str, str], questions: Mapping[str, str]) -> str:
    """Return a neighbour's title with the question that its page answers, if it has one."""
    question = questions.get(neighbour["link"].removesuffix(".html").rpartition("/")[2], "")
    line = f'<span class="neighbour-question">{question}</span>' if question else ""
    return f"{neighbour['title']}{line}"


@cache
def questions() -> dict[str, str]:
    """Return each page's question by the page's name."""
    return {chapter.page: chapter.question for chapter in landing.chapters(ROOT)}


def _offer_script(context: dict[str, Any]) -> None:
    """Put the page's code as a script beside the notebook in the menu of downloads."""
    for group in context["header_buttons"]:
        if group["label"] == "download-buttons":
            first = group["buttons"][0]
            script = {"url": first["url"].removesuffix(".ipynb") + ".py", "text": ".py"}
            words = {"tooltip": "Download the code as a script", "label": "download-script-button"}
            group["buttons"].insert(1, first | script | words)


def looked_up(root: Path = ROOT) -> dict[str, Any]:
    """Return what search and landing page look up.

    Args:
        root: the folder of the course.

    Returns:
        ``claims`` and ``exercises``, rows of text with their address, and ``pages``: by name, the
        right option of each question on it and the anchors of its exercises.
    """
    ledger_ = ledger.load(root / "book" / "claims.yml").values()
    found = [
        [
            c.id,
            c.verdict,
            c.words,
            _plain(c.claim_en),
            c.quote_zh,
            _address(c.page, claims.anchor(c)),
        ]
        for c in ledger_
    ]
    exercises, pages = [], {}
    for path in sorted((root / "book").glob("*.ipynb")):
        cells = notebooks.read(path).cells
        own = [
            cell for cell in cells if cell.metadata.get("exercise", {}).get("part") == "statement"
        ]
        rows = [_exercise(path.stem, cell) for cell in own]
        exercises += rows
        keys = dict(_KEY.findall("\n".join(cell.source for cell in cells)))
        anchors = [address.partition("#")[2] for *_, address in rows]
        pages[path.stem] = {"quiz": keys, "exercises": anchors}
    return {"claims": found, "exercises": exercises, "pages": pages}


def _exercise(page: str, cell: Any) -> list[Any]:
    words = cell.metadata["exercise"]
    (anchor,) = _ANCHOR.findall(cell.source)
    return [_plain(words["title"]), words["level"], words["minutes"], _address(page, anchor)]


def _address(page: str, anchor: str) -> str:
    return f"book/{page}.html#{anchor}"


def script(value: Any) -> str:
    """Write a value so that it may stand inside a page's ``script`` element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _plain(markdown: str) -> str:
    return " ".join(_TAGS.sub("", markdown).split())
