"""What a reader sees: the same content as text and as accessible HTML."""

import html
from dataclasses import dataclass

# State to the words of its first line and the colour of its edge; the words carry the meaning.
LOOK = {
    "pass": ("Pass", "#009E73"),
    "wrong": ("Not yet", "#D55E00"),
    "todo": ("To do", "#0072B2"),
    "error": ("Your code stopped", "#CC79A7"),
    "info": ("", "#6B6B6B"),
}
CAPTION = "Your progress"
COLUMNS = ("exercise", "title", "level", "minutes", "state")


@dataclass(frozen=True)
class Result:
    """An answer of the engine; the last value of a cell, so that Jupyter shows it.

    Attributes:
        state: a key of :data:`LOOK`.
        title: the exercise, or what is shown.
        text: the message; plain text, several lines allowed.
    """

    state: str
    title: str
    text: str

    def __repr__(self) -> str:
        head = ": ".join(filter(None, [LOOK[self.state][0], self.title]))
        return f"{head}\n{self.text}" if self.text else head

    def _repr_html_(self) -> str:
        word, colour = LOOK[self.state]
        head = html.escape(": ".join(filter(None, [word, self.title])))
        return (
            f'<div role="status" style="border-left:0.35rem solid {colour};padding:0.3rem 0.8rem">'
            f'<strong>{head}</strong><pre style="white-space:pre-wrap;margin:0.3rem 0 0">'
            f"{html.escape(self.text)}</pre></div>"
        )


@dataclass(frozen=True)
class ProgressTable:
    """What a reader has done, as text and as HTML.

    Attributes:
        rows: for each exercise a word for each of :data:`COLUMNS`.
        note: a line below.
    """

    rows: tuple[tuple[str, ...], ...]
    note: str

    def __repr__(self) -> str:
        cells = (COLUMNS, *self.rows)
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(w.ljust(n) for w, n in zip(row, widths, strict=True)) for row in cells]
        return "\n".join([CAPTION, *map(str.rstrip, lines), self.note])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>"
            for row in self.rows
        )
        return (
            f"<table><caption>{CAPTION}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table><p>{html.escape(self.note)}</p>"
        )
