"""A prompt to predict is boxed once, with its question and nothing else."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tools.predict import CLOSE, OPEN, boxed

BOOK = Path(__file__).resolve().parents[2] / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))


@pytest.mark.parametrize(
    ("before", "box", "after"),
    [
        ("", "**Predict** the order.", ""),
        ("Two go. ", "**Predict:** who\nwins? And when?", ""),
        ("", "**Predict:** all step. How far?", " The same, since sums add."),
        ("", "**Predict** your chance at $p = 0.5$, now.", " Most people err."),
    ],
)
def test_the_question_goes_into_the_box_and_the_rest_stays_out(
    before: str, box: str, after: str
) -> None:
    text = f"First.\n\n{before}{box}{after}\n\n(ev-x)="
    wanted = "\n\n".join(
        filter(None, ["First.", before.strip(), f"{OPEN}{box}{CLOSE}", after.strip(), "(ev-x)="])
    )
    assert boxed(text) == wanted
    assert boxed(wanted) == wanted


@pytest.mark.parametrize(
    "text", ["- **Predict** it.\n- **Say** it.", "> **Predict** it.", "No **prediction** here."]
)
def test_other_places_stay(text: str) -> None:
    assert boxed(text) == text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.name for path in NOTEBOOKS])
def test_every_prompt_of_the_book_is_in_a_box(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert boxed(cell.source) == cell.source
