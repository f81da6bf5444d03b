"""The picture of the whole: one mark for each claim, one row for each chapter, from the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from xml.sax.saxutils import escape

from tools.ledger import WORDS, Claim

# Verdict to a shape on a square of 16 units, told from the others without its colour. The style
# sheet shows the same paths beside words; a test compares the two.
SHAPES = {
    "holds": "M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1zM3.6 8.4 5 7l1.9 1.9 4.1-4.3L12.4 6 6.9 11.7z",
    "incomplete": "M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1zM8 3a5 5 0 0 1 0 10z",
    "only-if": "M8 .5 15.5 8 8 15.5 .5 8zM8 4.5 4.5 8 8 11.5 11.5 8z",
    "wrong": "M3 1l5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z",
    "outdated": "M2.5 1h11v2l-4 5 4 5v2h-11v-2l4-5-4-5z",
    "unverifiable": "M8 1C5.2 1 3.5 2.8 3.5 5h2.4c0-1.2.8-2 2.1-2s2.1.7 2.1 1.8c0 1-.5 1.5-1.5 2.3"
    "C7.3 8 6.8 8.9 6.8 10.5h2.4c0-1 .3-1.5 1.3-2.3 1.3-1 2.1-2 2.1-3.5C12.6 2.5 10.7 1 8 1z"
    "M6.7 12.2h2.6V15H6.7z",
}
# Okabe and Ito's colours, for where no style sheet chooses between day and night.
COLOURS = {
    "holds": "#009e73",
    "incomplete": "#0072b2",
    "only-if": "#b5659a",
    "wrong": "#d55e00",
    "outdated": "#b8860b",
    "unverifiable": "#7a7a7a",
}
WIDTH, NAMES, ROW, TOP = 400, 112, 18, 4  # units of the drawing; names stand left of the marks
WIDEST = 9.0  # from mark to mark, where the longest row leaves room


def draw(claims: Iterable[Claim], titles: Mapping[str, str]) -> str:
    """Return the picture as SVG.

    Args:
        claims: in the order of the article.
        titles: of the chapters, by number: ``{"4": "4. Mathematics"}``.

    Returns:
        A drawing that says in words what it shows. Each mark carries the id of its claim; a
        second layer, hidden until a style sheet asks for it, has the same marks without verdict.
    """
    rows = [(n, list(inside)) for n, inside in groupby(claims, key=lambda claim: claim.chapter)]
    pitch = min(WIDEST, (WIDTH - NAMES) / max(len(inside) for _, inside in rows))
    used = {claim.verdict for _, inside in rows for claim in inside}
    shapes = [
        f'<symbol id="v-{verdict}" viewBox="0 0 16 16"><path fill-rule="evenodd" d="{path}"/>'
        "</symbol>"
        for verdict, path in SHAPES.items()
        if verdict in used
    ]
    drawn = [_row(i, _name(titles, n), inside, pitch) for i, (n, inside) in enumerate(rows)]
    sealed = "".join(
        f"M{NAMES + pitch * k:.1f} {TOP + ROW * i + 4.5:.1f}h{pitch - 2:.1f}v7h{2 - pitch:.1f}z"
        for i, (_, inside) in enumerate(rows)
        for k in range(len(inside))
    )
    height = 2 * TOP + ROW * len(rows)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 {WIDTH} '
            f'{height}" width="{WIDTH}" height="{height}" color="#777" '
            'font-family="system-ui, sans-serif" font-size="12" role="img" '
            'aria-labelledby="picture-title picture-desc">',
            '<title id="picture-title">What became of the claims</title>',
            f'<desc id="picture-desc">{escape(described(rows))}</desc>',
            f"<defs>{''.join(shapes)}</defs>",
            f'<path class="sealed" fill="none" d="{sealed}"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def described(rows: Iterable[tuple[str, list[Claim]]]) -> str:
    """Return in words what the rows show: how many claims of each chapter got which verdict."""
    said = []
    for chapter, inside in rows:
        counts = Counter(claim.verdict for claim in inside)
        parts = [f"{counts[v]} {words}" for v, words in WORDS.items() if counts[v]]
        said.append(f"Chapter {chapter}: {', '.join(parts)}.")
    return " ".join(said)


def _name(titles: Mapping[str, str], chapter: str) -> str:
    """Return a chapter's title as far as it fits: without number, and its first part."""
    return titles.get(chapter, chapter).removeprefix(f"{chapter}. ").split(" and ")[0]


def _row(number: int, name: str, claims: list[Claim], pitch: float) -> str:
    """Return a name and its marks, sorted by verdict so that rows can be compared."""
    order = list(WORDS)
    y, size = TOP + ROW * number, pitch - 0.8
    marks = "".join(
        f'<use class="{claim.verdict}" fill="{COLOURS[claim.verdict]}" href="#v-{claim.verdict}" '
        f'x="{NAMES + pitch * k:.1f}" y="{y + (ROW - size) / 2 - 1:.1f}" width="{size:.1f}" '
        f'height="{size:.1f}" data-claim="{claim.id}"/>'
        for k, claim in enumerate(sorted(claims, key=lambda c: order.index(c.verdict)))
    )
    label = f'<text fill="currentColor" x="{NAMES - 8}" y="{y + 12}" text-anchor="end">'
    return f"{label}{escape(name)}</text><g>{marks}</g>"
