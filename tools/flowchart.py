"""Draw a flow chart as an accessible SVG from its Mermaid source, without a browser or a network.

The source is the part of Mermaid that a flow chart needs, and comments say the rest:

    %% title: Short name
    %% desc: What a reader who does not see the picture should know.
    %% at A 0 1
    graph TD
        A[First line<br/>second line] --> B[End]
        A -. unproven .-> B

``at`` places the middle of a box, in columns and rows. The SVG carries the SHA-256 of its source,
so that a test can tell when the two have come apart.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from companion.errors import CourseError

COLUMN, ROW = 236, 104
WIDTH, LINE, PADDING = 160, 18, 11
_NODE = r"([A-Z]\w*)(?:\[([^\]]+)\])?"
_EDGE = re.compile(rf"^\s*{_NODE}\s*(-->|-\.)\s*(?:\|([^|]*)\||(.*?)\.->)?\s*{_NODE}\s*$")
_AT = re.compile(r"^%% at (\w+) (-?[\d.]+) (-?[\d.]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Edge:
    """An arrow; a dashed one is a claim that nobody has shown."""

    start: str
    end: str
    label: str = ""
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart as read: boxes by id, arrows, and where each box stands (column, row)."""

    title: str
    description: str
    texts: dict[str, str]
    edges: tuple[Edge, ...]
    places: dict[str, tuple[float, float]]


def parse(source: str) -> Chart:
    """Read a chart.

    Raises:
        CourseError: a line that is neither a comment, the heading nor an arrow; no title or
            description; a box without text or without a place.
    """
    texts: dict[str, str] = {}
    edges: list[Edge] = []
    for line in source.splitlines():
        if not line.strip() or line.startswith(("%%", "graph ")):
            continue
        match = _EDGE.match(line)
        if match is None:
            raise CourseError(f"The line {line.strip()!r} should be an arrow such as 'A --> B'.")
        start, first, arrow, label, dashed_label, end, second = match.groups()
        texts |= {id: text for id, text in ((start, first), (end, second)) if text}
        edges.append(Edge(start, end, (label or dashed_label or "").strip(), arrow == "-."))
    places = {id: (float(x), float(y)) for id, x, y in _AT.findall(source)}
    missing = sorted({id for e in edges for id in (e.start, e.end)} - (set(texts) & set(places)))
    if missing or not edges:
        raise CourseError(f"Each box of a chart needs a text and a place; look at {missing}.")
    return Chart(_comment(source, "title"), _comment(source, "desc"), texts, tuple(edges), places)


def source_hash(source: str) -> str:
    """Return the SHA-256 of a source, as the SVG carries it."""
    return hashlib.sha256(source.encode()).hexdigest()


def svg(source: str) -> str:
    """Return the picture of a chart; its title and description are for screen readers."""
    chart = parse(source)
    columns = 1 + max(x for x, _ in chart.places.values())
    rows = 1 + max(y for _, y in chart.places.values())
    size = f"0 0 {columns * COLUMN:g} {rows * ROW:g}"
    arrows = "\n".join(_arrow(chart, edge) for edge in chart.edges)
    boxes = "\n".join(_box(chart, id) for id in chart.texts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" role="img" '
        f'aria-labelledby="title desc" font-family="sans-serif" font-size="14" '
        f'data-source-sha256="{source_hash(source)}">\n'
        f'<title id="title">{escape(chart.title)}</title>\n'
        f'<desc id="desc">{escape(chart.description)}</desc>\n'
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" '
        'markerHeight="8" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" '
        'fill="#444444"/></marker></defs>\n'
        f'<rect width="100%" height="100%" fill="#FCFCFC"/>\n{arrows}\n{boxes}\n</svg>\n'
    )


def render_all(folder: Path) -> None:
    """Write the SVG beside each ``.mmd`` source of a folder, where it is not current."""
    for path in sorted(folder.glob("*.mmd")):
        picture = svg(path.read_text(encoding="utf-8"))
        target = path.with_suffix(".svg")
        if not target.exists() or target.read_text(encoding="utf-8") != picture:
            target.write_text(picture, encoding="utf-8")


def _comment(source: str, name: str) -> str:
    match = re.search(rf"^%% {name}: (.+)$", source, re.MULTILINE)
    if match is None:
        raise CourseError(f"A chart should have a comment '%% {name}: …' for those who hear it.")
    return match[1]


def _centre(chart: Chart, id: str) -> tuple[float, float]:
    x, y = chart.places[id]
    return (x + 0.5) * COLUMN, (y + 0.5) * ROW


def _height(chart: Chart, id: str) -> float:
    return LINE * len(chart.texts[id].split("<br/>")) + 2 * PADDING


def _box(chart: Chart, id: str) -> str:
    (x, y), height = _centre(chart, id), _height(chart, id)
    lines = chart.texts[id].split("<br/>")
    first = y - LINE * (len(lines) - 1) / 2 + 5
    text = "".join(
        f'<tspan x="{x:g}" y="{first + LINE * i:g}">{escape(line)}</tspan>'
        for i, line in enumerate(lines)
    )
    return (
        f'<rect x="{x - WIDTH / 2:g}" y="{y - height / 2:g}" width="{WIDTH}" height="{height:g}" '
        'rx="8" fill="#FFFFFF" stroke="#0072B2" stroke-width="1.5"/>'
        f'<text text-anchor="middle" fill="#1A1A1A">{text}</text>'
    )


def _arrow(chart: Chart, edge: Edge) -> str:
    (x1, y1), (x2, y2) = _centre(chart, edge.start), _centre(chart, edge.end)
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    if any((e.start, e.end) == (edge.end, edge.start) for e in chart.edges):
        # Two arrows between the same boxes run side by side, each to the right of its direction.
        x1, x2, y1, y2 = x1 - 14 * uy, x2 - 14 * uy, y1 + 14 * ux, y2 + 14 * ux
    start, end = (_to_border(_height(chart, id), ux, uy) for id in (edge.start, edge.end))
    x1, y1, x2, y2 = x1 + start * ux, y1 + start * uy, x2 - end * ux, y2 - end * uy
    dash = ' stroke-dasharray="6 5"' if edge.dashed else ""
    line = (
        f'<path d="M{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f}" stroke="#444444" stroke-width="1.6" '
        f'fill="none" marker-end="url(#tip)"{dash}/>'
    )
    if not edge.label:
        return line
    # The text's ground-coloured outline keeps it readable where it crosses the arrow.
    return line + (
        f'<text x="{(x1 + x2) / 2:.1f}" y="{(y1 + y2) / 2 + 4:.1f}" text-anchor="middle" '
        'font-size="12" fill="#1A1A1A" stroke="#FCFCFC" stroke-width="5" paint-order="stroke">'
        f"{escape(edge.label)}</text>"
    )


def _to_border(height: float, ux: float, uy: float) -> float:
    """Return how far a box's border is from its middle in one direction."""
    across = WIDTH / 2 / abs(ux) if ux else float("inf")
    return min(across, height / 2 / abs(uy) if uy else float("inf"))
