"""Moving figures: a slider over frames that were drawn beforehand; no server, no network."""

import html
import io
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from companion.errors import CourseError

MOST_FRAMES = 20
DPI = 130  # shown at 100 pixels an inch, and still sharp on a finer screen
# What stands there is the still. Only the script adds a slider: without it nothing is dead.
PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Moving:
    """A moving figure as text and as HTML; the last value of a cell, so that Jupyter shows it."""

    text: str
    page: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.page


def moving(
    draw: Callable[[Any], object], values: Mapping[str, Any], start: int = 0, **words: str
) -> Moving:
    """Draw one frame for each value of a slider.

    Args:
        draw: makes one figure of a value, always of one size and with the same limits.
        values: 2 to 20 of them, by the words that tell what the frame shows.
        start: number of the frame that is the still, in print and where no script runs.
        words: the slider's ``label``, an ``alt`` text that says what moves, and a ``caption``.

    Raises:
        CourseError: too few or too many values, or no such start.
    """
    import matplotlib.pyplot as plt

    if start not in range(len(values)) or not 2 <= len(values) <= MOST_FRAMES:
        raise CourseError(f"Give 2 to {MOST_FRAMES} values and a start: {len(values)}, {start}.")
    frames = []
    for text, value in values.items():
        draw(value)
        figure, content = plt.gcf(), io.BytesIO()
        # As exact as PNG at half its size; SVG grows with every path.
        figure.savefig(content, format="webp", dpi=DPI, pil_kwargs={"lossless": True, "method": 2})
        plt.close(figure)
        frames.append([text, f"data:image/webp;base64,{b64encode(content.getvalue()).decode()}"])
    plain = f"Moving figure, {words['label']}: {', '.join(values)}"
    words["text"], still = frames[start]
    frames[start][1] = ""  # the script takes it from the still
    shown = {name: html.escape(said) for name, said in words.items()}
    listed = json.dumps(frames).replace("<", r"\u003c")  # else "</script>" would end it
    shown["width"] = f"{100 * figure.get_figwidth():.0f}"
    return Moving(plain, PAGE.substitute(shown, still=still, frames=listed, start=start))
