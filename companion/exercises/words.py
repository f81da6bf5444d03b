"""What the notebooks say of each exercise, from the metadata of its cell."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from companion.errors import CourseError
from companion.exercises import state
from companion.files import read_json


@dataclass(frozen=True)
class Words:
    """The words of one exercise that other pages and the terminal repeat.

    Attributes:
        id: such as ``ch05.rmse``.
        title: a few words.
        level: 1 (apply), 2 (combine) or 3 (derive).
        minutes: for a reader at that level.
    """

    id: str
    title: str
    level: int
    minutes: int


def listed(pages: str = "*") -> dict[str, Words]:
    """Return the words of each exercise by id, in the order of the pages.

    Args:
        pages: which notebooks, such as ``05*``; all of them when absent.

    Raises:
        CourseError: a notebook in the book's folder cannot be read.
    """
    paths = sorted(state.book_folder().glob(f"{pages}.ipynb"))
    found = [words for path in paths for words in _on(path, path.stat().st_mtime_ns)]
    return {words.id: words for words in found}


@cache
def _on(path: Path, changed: int) -> tuple[Words, ...]:
    """Read one notebook, once as long as it does not change."""
    content = read_json(path)
    try:
        parts = [cell["metadata"].get("exercise", {}) for cell in content["cells"]]
        return tuple(
            Words(part["id"], part["title"], part["level"], part["minutes"])
            for part in parts
            if part.get("part") == "statement"
        )
    except (AttributeError, LookupError, TypeError) as error:
        raise CourseError(f"{path} is not a notebook of this course; move it elsewhere.") from error
