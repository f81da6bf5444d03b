"""Boxes of the built page: the browser's own folds, links to themselves, marks of an exercise."""

from __future__ import annotations

from typing import Any

import pytest
from docutils.core import publish_parts
from docutils.writers.html5_polyglot import HTMLTranslator, Writer

from tools import boxes


class Translator(HTMLTranslator):
    """What the extension uses of Sphinx's translator."""

    def visit_admonition(self, node: Any) -> None:
        boxes.visit(self, node)

    def depart_admonition(self, node: Any) -> None:
        boxes.depart(self, node)

    def add_permalink_ref(self, node: Any, title: str) -> None:
        self.body.append(f'<a href="#{node["ids"][0]}" title="{title}">#</a>')


def html(source: str) -> str:
    writer = Writer()
    writer.translator_class = Translator
    return str(publish_parts(source, writer=writer)["body"])


def box(classes: str, body: str, name: str = "") -> str:
    indented = "\n".join(f"   {line}" for line in body.splitlines())
    options = f"   :class: {classes}\n   :name: {name or 'box'}"
    return f".. admonition:: A *title*\n{options}\n\n{indented}\n"


def test_a_dropdown_is_a_fold_with_its_title_to_click() -> None:
    shown = html(box("dropdown", "Hidden."))
    assert '<details class="dropdown admonition fold" id="box">' in shown
    assert '<summary class="admonition-title">A <em>title</em></summary>' in shown
    assert shown.rstrip().endswith("</details>")


def test_a_fold_inside_a_fold_is_closed_before_it() -> None:
    shown = html(box("dropdown help", box("dropdown", "Deep.", "inner"), "outer"))
    assert shown.count("<details") == shown.count("</details>") == 2


@pytest.mark.parametrize("kind", sorted(boxes.LINKED))
def test_claims_and_exercises_link_to_themselves(kind: str) -> None:
    assert '<a href="#box" title="Link to this box">#</a></p>' in html(box(kind, "Text."))
    assert "Link to this box" not in html(box("tip", "Text."))


def test_level_and_minutes_are_marks_in_the_title() -> None:
    line = "*Level 2 (combine), about 15 minutes. ``check`` judges it; hints are below.*"
    shown = html(box("exercise", f"Do it.\n\n{line}"))
    assert (
        '<span class="marks"><span class="level" data-level="2">combine</span>'
        '<span class="minutes">15 min</span></span>' in shown
    )
    assert "judges" not in shown
    assert "Do it." in shown
    assert "marks" not in html(box("exercise", "Level is a word here."))
