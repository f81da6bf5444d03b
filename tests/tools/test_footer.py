"""The Sphinx extension: versions below each page, and no script that needs the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tools import footer


class App:
    """What the extension uses of Sphinx."""

    def __init__(self, outdir: Path, builder: str = "html") -> None:
        self.handlers: dict[str, Callable[..., Any]] = {}
        self.outdir, self.builder = str(outdir), SimpleNamespace(format=builder)

    def connect(self, event: str, handler: Callable[..., Any], priority: int = 500) -> None:
        self.handlers[event] = handler


@pytest.fixture
def app(tmp_path: Path) -> App:
    made = App(tmp_path)
    footer.setup(made)
    return made


def test_each_page_names_the_versions(app: App) -> None:
    config = SimpleNamespace(html_theme_options={})
    app.handlers["config-inited"](app, config)
    assert config.html_theme_options == {"extra_footer": f"<p>{footer.footer()}</p>"}


def test_thebe_is_left_out_in_either_form(app: App) -> None:
    scripts = [
        SimpleNamespace(filename="https://unpkg.com/thebe@0.8.2/lib/index.js"),
        SimpleNamespace(filename=None, attributes={"body": "const thebe_selector = '.thebe'"}),
        SimpleNamespace(filename="_static/mathjax.js", attributes={}),
    ]
    context = {"script_files": scripts}
    app.handlers["html-page-context"](app, "book/index", "page.html", context, None)
    assert context["script_files"] == scripts[2:]


def test_landing_page_is_always_built(app: App) -> None:
    assert app.handlers["env-get-outdated"](app, None, set(), set(), set()) == ["book/index"]


@pytest.mark.parametrize(
    ("error", "builder", "finished"),
    [(None, "html", True), (None, "latex", False), (ValueError("broken"), "html", False)],
)
def test_only_a_whole_html_book_is_finished(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception | None,
    builder: str,
    finished: bool,
) -> None:
    made = App(tmp_path, builder)
    footer.setup(made)
    seen: list[Path] = []
    monkeypatch.setattr(footer, "finish", seen.append)
    made.handlers["build-finished"](made, error)
    assert seen == [tmp_path] * finished
