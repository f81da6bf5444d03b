"""Moving figures: few and small frames, the same bytes twice, words that cannot break out."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns

from companion.errors import CourseError
from companion.moving import MOST_FRAMES, Moving, moving

TESTS = Path(__file__).resolve().parent
BOOK = TESTS.parent / "book"
WORDS = {"label": "slope", "alt": "A line that gets steeper.", "caption": "A slope."}
MOST_BYTES = 500_000  # of one figure, as text
VALUES = {"flat": 0, "steep": 2, "</script> & steeper": 9}


def draw(slope: float) -> None:
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 1], [0, slope])
    ax.set(ylim=(0, 10))


def frames_of(page: str) -> list[list[str]]:
    (found,) = re.findall(r"frames = (\[\[.*\]\])", page)
    return json.loads(found)


class Tags(HTMLParser):
    """What a browser reads: each tag with its attributes, and the text between."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.text = list[tuple[str, dict[str, str | None]]](), ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(autouse=True)
def _no_window() -> None:
    mpl.use("Agg")


def test_one_frame_a_value_and_the_still_is_stored_once() -> None:
    import matplotlib.pyplot as plt

    open_before = plt.get_fignums()
    shown = moving(draw, VALUES, start=1, **WORDS)
    assert plt.get_fignums() == open_before
    frames = frames_of(shown.page)
    assert [text for text, _ in frames] == list(VALUES)
    still = dict(Tags(shown.page).tags)["img"]
    assert frames[1][1] == ""
    assert len({still["src"], frames[0][1], frames[2][1]}) == 3
    assert "max-width:300px" in shown.page
    assert (repr(shown), shown._repr_html_()) == (shown.text, shown.page)
    assert shown.text == "Moving figure, slope: flat, steep, </script> & steeper"


def test_the_same_figures_have_the_same_bytes() -> None:
    assert moving(draw, VALUES, **WORDS) == moving(draw, VALUES, **WORDS)


def test_words_cannot_leave_their_place() -> None:
    evil = '"><b onclick="x()">'
    page = moving(draw, VALUES, start=2, label=evil, alt=evil, caption=evil).page
    read = Tags(page)
    assert [tag for tag, _ in read.tags] == ["figure", "img", "label", "b", "figcaption", "script"]
    assert dict(read.tags)["img"]["alt"] == evil
    assert page.count("</script>") == 1
    assert read.text.count("</script> & steeper") == 1  # under the still, not in the script


def test_nbval_compares_the_words_and_not_the_pictures() -> None:
    ((regex, replace),) = get_sanitize_patterns((TESTS / "pictures.cfg").read_text("utf-8"))

    def compared(values: dict[str, int], **words: str) -> str:
        return re.sub(regex, replace, moving(draw, values, **words).page)

    said = compared({"one": 1, "two": 2}, **WORDS)
    assert said == compared({"one": 7, "two": 8}, **WORDS)
    assert said != compared({"one": 1, "too": 2}, **WORDS)
    assert said != compared({"one": 1, "two": 2}, **WORDS | {"caption": "A step."})
    assert len(said) < 2_000


@pytest.mark.parametrize(
    ("values", "start"),
    [({"one": 1}, 0), ({str(k): k for k in range(MOST_FRAMES + 1)}, 0), (VALUES, 3), (VALUES, -1)],
)
def test_too_few_or_too_many_frames_are_refused(values: dict[str, int], start: int) -> None:
    with pytest.raises(CourseError, match="2 to 20 values"):
        moving(draw, values, start, **WORDS)


def pages_of_the_book() -> dict[str, Moving]:
    found = {}
    for path in sorted(BOOK.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", ()):
                data = output.get("data", {})
                if 'class="moving"' in data.get("text/html", ""):
                    found[path.stem] = Moving(data["text/plain"], data["text/html"])
    return found


def test_the_books_moving_figures_are_small_and_described() -> None:
    found = pages_of_the_book()
    assert len(found) == 7
    for name, shown in found.items():
        still = dict(Tags(shown.page).tags)["img"]
        assert len(still["alt"] or "") > 60, name
        assert len(re.findall(r"<figcaption>(.{40,})</figcaption>", shown.page)) == 1, name
        assert 5 <= len(frames_of(shown.page)) <= MOST_FRAMES, name
        assert len(shown.page) < MOST_BYTES, name
    assert sum(len(shown.page) for shown in found.values()) < 3_500_000
