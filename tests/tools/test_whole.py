"""The built pages as one book: order, names, links, and what is set apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion.errors import CourseError
from tools import epub, pdf, whole
from tools.whole import Leaf

NAV = """<nav class="bd-links"><ul><li><a class="internal" href="#">The landing page</a></li></ul>
<p class="caption">The course</p><ul><li><a class="internal" href="01-one.html">1. One</a>
<ul><li><a class="internal" href="01a-two.html">1a. Two</a></li></ul></li></ul></nav>"""
ONE = """<section id="one"><h1>1. One<a class="headerlink" href="#one">#</a></h1>
<section id="first"><h2>First</h2>
<p>See <a href="01a-two.html#there">there</a>, <a href="01a-two.html">two</a>,
<a href="#first">here</a>, <a href="../search.html">a search</a> and <a href="https://example.org/">away</a>.</p>
<details><summary><p>Show</p></summary><pre><span class="n">a</span> <span class="k">is</span>
b</pre></details>
<div class="exercise admonition" id="ex-a"><p class="admonition-title">Exercise: Do</p>
<p><em>hints and the solution are folded below.</em></p></div>
<div class="cell"><pre>stub</pre><div class="cell_output"><div role="status">To do</div></div></div>
<div class="dropdown admonition"><p class="admonition-title">Hint 1 of 1</p><p>Think.</p></div>
<div class="dropdown admonition"><p class="admonition-title">Solution</p><p>Done.</p></div>
<p><em>Choose; the reasons stand below it.</em></p>
<div class="quiz admonition" id="q1"><p class="admonition-title">Question 1 of 1</p>
<div class="dropdown admonition"><p class="admonition-title">Answers</p><p>Right.</p></div></div>
</section><section id="end"><h2>What to remember</h2></section></section>"""
TWO = """<section id="two"><h1>1a. Two</h1>
<p id="there"><img src="../_images/a.png" alt="a"></p></section>"""


@pytest.fixture
def html(tmp_path: Path) -> Path:
    """A built book of three pages."""
    (tmp_path / "book").mkdir()
    (tmp_path / "_static").mkdir()
    rules = (
        'html[data-theme="light"] .k { color: #111 }\nhtml[data-theme="dark"] .k { color: #eee }'
    )
    (tmp_path / "_static" / "pygments.css").write_text(rules, encoding="utf-8")
    for name, body in (("index", "<h1>Landing</h1>"), ("01-one", ONE), ("01a-two", TWO)):
        text = f"<html>{NAV}<article class='bd-article'>{body}</article></html>"
        (tmp_path / "book" / f"{name}.html").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def leaves(html: Path) -> list[Leaf]:
    return whole.read(html)


def test_pages_come_in_the_order_of_the_contents(leaves: list[Leaf]) -> None:
    seen = [(leaf.name, leaf.title, leaf.part, leaf.depth) for leaf in leaves]
    assert seen == [
        ("index", "The landing page", "", 0),
        ("01-one", "1. One", "The course", 0),
        ("01a-two", "1a. Two", "The course", 1),
    ]


def test_every_id_has_its_pages_name_and_links_follow(leaves: list[Leaf]) -> None:
    links = [str(link["href"]) for link in leaves[1].body.find_all("a")]
    assert links == ["#01a-two--there", "#01a-two", "#01-one--first", "https://example.org/"]
    assert "a search" in leaves[1].body.get_text()
    assert leaves[1].body["id"] == "01-one"
    assert leaves[2].body.find(id="01a-two--there") is not None


def test_what_only_the_screen_needs_is_gone(leaves: list[Leaf]) -> None:
    text = str(leaves[1].body)
    assert "headerlink" not in text
    assert "To do" not in text
    assert '<span class="n">' not in text
    assert '<span class="k">' in text
    assert "<summary>Code, 2 lines</summary>" in text


def test_hints_solutions_and_answers_move_to_the_end_with_links_both_ways(
    leaves: list[Leaf],
) -> None:
    appendix = whole.set_apart(leaves)
    page = leaves[1].body
    assert page.select(".dropdown") == []
    assert [p.get_text() for p in appendix.body.select(".dropdown p:last-child")] == [
        "Think.",
        "Done.",
        "Right.",
    ]
    for body, other in ((page, appendix.body), (appendix.body, page)):
        links = [str(link["href"])[1:] for link in body.select("a[data-page]")]
        assert len(links) == 2
        assert all(other.find(id=target) for target in links)
    said = page.get_text()
    assert "the solution are in the appendix." in said
    assert "Choose; the reasons are in the appendix." in said


def test_what_is_folded_without_an_exercise_is_named(leaves: list[Leaf]) -> None:
    leaves[1].body.select_one(".exercise").decompose()  # type: ignore[union-attr]
    with pytest.raises(CourseError, match="'Hint 1 of 1' is folded, but no exercise"):
        whole.set_apart(leaves)


def test_contents_nest_parts_chapters_sections_and_second_pages(leaves: list[Leaf]) -> None:
    landing, course = whole.outline(leaves)
    assert (landing.title, landing.target) == ("The landing page", "index")
    assert (course.title, course.target) == ("The course", "01-one")
    (chapter,) = course.entries
    assert [(e.title, e.target) for e in chapter.entries] == [
        ("First", "01-one--first"),
        ("1a. Two", "01a-two"),
    ]
    listed = whole.listing([landing], lambda target: f"{target}?&")
    assert listed == '<ol><li><a href="index?&amp;">The landing page</a></li></ol>'


def test_colours_are_those_of_one_theme(html: Path) -> None:
    assert whole.colours(html, "dark") == ".k { color: #eee }"


def test_a_link_that_leads_nowhere_is_named(html: Path) -> None:
    page = html / "book" / "01a-two.html"
    text = page.read_text(encoding="utf-8").replace('id="there"', 'id="elsewhere"')
    page.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match="'there' on the page 01-one leads to no place"):
        whole.read(html)


def test_a_book_that_was_not_built_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="build the book first"):
        whole.read(tmp_path)


def test_paper_says_how_long_folded_code_is_and_names_the_page_above(
    html: Path, leaves: list[Leaf]
) -> None:
    text = pdf.document(leaves, html)
    assert '<p class="folded">Code, 2 lines: in the notebook</p>' in text
    assert "<details" not in text
    assert '@page leaf-01-one { @top-right { content: "1. One"; } }' in text
    assert f'src="{html.as_uri()}/_images/a.png"' in text


def test_the_package_lists_each_file_and_the_order_of_those_to_read() -> None:
    items = [
        epub.Item("01-one.xhtml", b"", "application/xhtml+xml", "mathml", read=True),
        epub.Item("images/a.png", b"", "image/png"),
    ]
    text = epub.package(items)
    assert 'href="01-one.xhtml" media-type="application/xhtml+xml" properties="mathml"/>' in text
    assert 'href="images/a.png" media-type="image/png"/>' in text
    assert text.count("<itemref ") == 1
