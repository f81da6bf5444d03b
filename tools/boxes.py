"""Sphinx extension: how the built page writes boxes.

A fold is the browser's own (``details``): it opens by keyboard, without a script, and where a
search in the page finds a word in it. The title of a claim or an exercise gets a link to itself,
and an exercise shows level and minutes there as marks.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes

# The last line of a statement, as `exercise_pages` asks for it.
_LEVEL = re.compile(r"^Level (\d) \((\w+)\), about (\d+) minutes\. ")
LINKED = {"claim", "exercise"}


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx (called by it)."""
    app.add_node(nodes.admonition, override=True, html=(visit, depart))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def visit(translator: Any, node: Any) -> None:
    """Begin a box; ``dropdown`` makes it a fold."""
    classes = node["classes"]
    fold = "dropdown" in classes
    if fold:
        classes.append("fold")
    tag, head = ("details", "summary") if fold else ("div", "p")
    translator.body.append(translator.starttag(node, tag, CLASS="admonition"))
    title = node.children[0]
    if isinstance(title, nodes.title):
        node.remove(title)
        translator.body.append(f'<{head} class="admonition-title">')
        for child in title.children:
            child.walkabout(translator)
        if "exercise" in classes:
            translator.body.append(marks(node))
        if LINKED & set(classes) and node["ids"]:
            translator.add_permalink_ref(node, "Link to this box")
        translator.body.append(f"</{head}>\n")


def depart(translator: Any, node: Any) -> None:
    """End what :func:`visit` began."""
    translator.body.append("</details>\n" if "fold" in node["classes"] else "</div>\n")


def marks(node: Any) -> str:
    """Take the line of level and minutes out of a statement; return it as HTML for the title.

    Args:
        node: the admonition of an exercise.

    Returns:
        Two marks, or nothing where no such line stands.
    """
    for paragraph in node.findall(nodes.paragraph):
        if found := _LEVEL.match(paragraph.astext()):
            paragraph.parent.remove(paragraph)
            return (
                f'<span class="marks"><span class="level" data-level="{found[1]}">{found[2]}</span>'
                f'<span class="minutes">{found[3]} min</span></span>'
            )
    return ""
