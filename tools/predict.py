"""Each prompt to predict becomes a box, in which the built page keeps the reader's guess.

An author ends a paragraph with ``**Predict:** a question?`` or ``**Predict** something.``
The box is plain MyST, so it reads the same in JupyterLab and without any script. In the built page
``_static/study.js`` adds a field to it, and folds the next output until the reader has guessed.
"""

from __future__ import annotations

import re

OPEN, CLOSE = ":::{admonition} Before you run it\n:class: predict\n\n", "\n:::"

_BLANK = re.compile(r"\n[ \t]*\n")
_PROMPT = re.compile(r"\*\*Predict:?\*\*")
_FENCE = re.compile(r"^(?::::|```|- |\||>)", re.MULTILINE)
_SENTENCE = re.compile(r"\.(?=\s+[A-Z]|\s*$)")


def boxed(markdown: str) -> str:
    """Return a cell's text with each prompt that stands in a plain paragraph put into a box.

    Args:
        markdown: a whole Markdown cell. What stands before the prompt, or after its question, stays
            outside of the box. Prompts in lists, quotations, tables and other boxes stay.

    Returns:
        The text; boxing it again changes nothing.
    """
    return "\n\n".join(_paragraph(part) for part in _BLANK.split(markdown))


def _paragraph(text: str) -> str:
    prompt = _PROMPT.search(text)
    if prompt is None or _FENCE.search(text):
        return text
    before, rest = text[: prompt.start()].rstrip(), text[prompt.start() :]
    end = _end_of_question(rest)
    box = f"{OPEN}{rest[:end]}{CLOSE}"
    return "\n\n".join(filter(None, [before, box, rest[end:].strip()]))


def _end_of_question(text: str) -> int:
    """Return where the last question ends; without one, where the first sentence does."""
    if "?" in text:
        return text.rindex("?") + 1
    sentence = _SENTENCE.search(text)
    return sentence.end() if sentence else len(text)
