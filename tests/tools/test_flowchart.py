"""Flow charts: what is read, what is drawn, and that pictures and sources agree."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from companion.errors import CourseError
from tools import flowchart

FIGURES = Path(__file__).resolve().parents[2] / "book" / "figures"
SOURCES = sorted(FIGURES.glob("*.mmd"))
SVG = "{http://www.w3.org/2000/svg}"
CHART = """%% title: Two <boxes>
%% desc: A leads to B.
%% at A 0 0
%% at B 1 0.5
graph TD
    A[First<br/>line & more] --> B[End]
    B -->|says| A
    A -. unproven .-> B
"""


def test_parse_reads_boxes_arrows_labels_and_places() -> None:
    chart = flowchart.parse(CHART)
    assert chart.texts == {"A": "First<br/>line & more", "B": "End"}
    assert chart.edges == (
        flowchart.Edge("A", "B"),
        flowchart.Edge("B", "A", "says"),
        flowchart.Edge("A", "B", "unproven", dashed=True),
    )
    assert chart.places == {"A": (0, 0), "B": (1, 0.5)}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("B -->|says| A", "B => A", "'B => A' should be an arrow"),
        ("%% at B 1 0.5", "", r"needs a text and a place; look at \['B'\]"),
        ("[End]", "", r"needs a text and a place; look at \['B'\]"),
        ("%% title: Two <boxes>", "", "should have a comment '%% title"),
        ("%% desc: A leads to B.", "", "should have a comment '%% desc"),
    ],
)
def test_a_faulty_source_is_one_sentence(old: str, new: str, sentence: str) -> None:
    with pytest.raises(CourseError, match=sentence):
        flowchart.parse(CHART.replace(old, new))


def test_picture_is_whole_and_says_what_it_shows() -> None:
    root = ET.fromstring(flowchart.svg(CHART))
    assert root.attrib["role"] == "img"
    ids = root.attrib["aria-labelledby"].split()
    named = {e.attrib["id"]: e.text for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")}
    assert [named[id] for id in ids] == ["Two <boxes>", "A leads to B."]
    words = [e.text for e in root.iter(f"{SVG}tspan")]
    assert words == ["First", "line & more", "End"]
    paths = [e for e in root.iter(f"{SVG}path") if "marker-end" in e.attrib]
    assert len(paths) == 3
    assert sum("stroke-dasharray" in e.attrib for e in paths) == 1


def test_arrows_end_at_the_borders_of_boxes() -> None:
    straight = CHART.replace("1 0.5", "1 0").replace("    B -->|says| A\n", "")
    root = ET.fromstring(flowchart.svg(straight))
    arrow = next(e for e in root.iter(f"{SVG}path") if "marker-end" in e.attrib)
    x1, y1, x2, y2 = (float(v) for v in arrow.attrib["d"][1:].split())
    boxes = [e for e in root.iter(f"{SVG}rect") if "x" in e.attrib]
    left, right = (float(box.attrib["x"]) for box in boxes)
    assert (x1, x2) == (left + flowchart.WIDTH, right)
    assert y1 == y2


def test_the_hash_follows_the_source() -> None:
    changed = CHART.replace("End", "Ends")
    assert flowchart.source_hash(CHART) in flowchart.svg(CHART)
    assert flowchart.source_hash(CHART) not in flowchart.svg(changed)


@pytest.mark.parametrize("path", SOURCES, ids=[path.name for path in SOURCES])
def test_stored_picture_is_that_of_its_source(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    stored = path.with_suffix(".svg").read_text(encoding="utf-8")
    assert ET.fromstring(stored).attrib["data-source-sha256"] == flowchart.source_hash(source)
    assert stored == flowchart.svg(source)


def test_render_all_leaves_a_current_picture_alone(tmp_path: Path) -> None:
    (tmp_path / "a.mmd").write_text(CHART, encoding="utf-8")
    flowchart.render_all(tmp_path)
    written = (tmp_path / "a.svg").stat().st_mtime_ns
    flowchart.render_all(tmp_path)
    assert (tmp_path / "a.svg").stat().st_mtime_ns == written
    (tmp_path / "a.svg").write_text("old", encoding="utf-8")
    flowchart.render_all(tmp_path)
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == flowchart.svg(CHART)
