"""``python -m tools progress``: what a reader has done, and what another file knows of it."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

from companion.errors import CourseError
from companion.exercises import state


def add(file: Path) -> str:
    """Add the records of another file of this course, such as one that a browser saved.

    Of two records of one exercise the one with more behind it is kept: adding twice is adding once.

    Args:
        file: as ``.course/progress.json``, or as the built page "Your progress" saves it.

    Returns:
        A sentence for the reader.

    Raises:
        CourseError: there is no such file, or it holds something else; nothing is changed.
    """
    if not file.is_file():
        raise CourseError(f"There is no file {file}; the page 'Your progress' saves one.")
    theirs = state.read(file)

    def merged(ours: state.Records) -> state.Records:
        sides = (ours, theirs)
        return {
            id: max((side[id] for side in sides if id in side), key=astuple) for id in ours | theirs
        }

    failed = state.changed(merged, "changed")
    return failed or f"Added: {len(theirs)} exercises and questions of {file.name}."
