"""The one reader and the one writer of small text files: every other module goes through them."""

import contextlib
import json
import os
import secrets
import shutil
import stat
from pathlib import Path
from typing import Any

from companion.errors import CourseError

LARGEST_FILE = 200 * 2**20
# How each file begins that a clone without Git LFS holds in place of the real one.
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def read_text(path: Path, *, mend: str = "check its name and its folder") -> str:
    """Return the text of a file, without a byte-order mark and with its line ends as they are.

    Args:
        path: a UTF-8 file of at most 200 MB.
        mend: what a reader can do when there is no such file.

    Raises:
        CourseError: it is missing, no regular file, too large, a pointer of Git LFS, not UTF-8, or
            the system refuses it.
    """
    content = _content(path, mend)
    refuse_pointer(path, content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CourseError(
            f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8 or copy it again."
        ) from error


def refuse_pointer(path: Path, start: bytes) -> None:
    """Raise a :class:`CourseError` for a file that starts as a pointer of Git LFS does."""
    if start.startswith(LFS_POINTER):
        raise CourseError(
            f"{path} is a pointer of Git LFS and not the file itself; run `git lfs pull` in its "
            "folder, or download the file."
        )


def read_json(path: Path) -> Any:
    """Return what a JSON file holds; as :func:`read_text`, and in the letter of the standard.

    Raises:
        CourseError: also for what is cut short, nested too deeply, has one key twice in an object,
            or a number that is not finite.
    """

    def unique(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                raise CourseError(f"{path} has the key {key[:40]!r} twice; keep one of them.")
            found[key] = value
        return found

    def finite(text: str) -> float:
        if not abs(float(text)) < float("inf"):
            raise CourseError(f"{path} holds the number {text[:40]}; it should be finite.")
        return int(text) if text.lstrip("-").isdecimal() else float(text)

    text = read_text(path)
    try:
        return json.loads(
            text,
            object_pairs_hook=unique,
            parse_constant=finite,
            parse_float=finite,
            parse_int=finite,
        )
    except (json.JSONDecodeError, RecursionError) as error:  # RecursionError: nested too deeply
        raise CourseError(f"{path} is not whole JSON ({error}); copy it again.") from error


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all; behind a link its target is written and the link stays.

    Args:
        path: a new file, or a regular one to replace; its folder exists.
        text: written as UTF-8, its line ends as they are.

    Raises:
        CourseError: a folder or a device stands there, or the system refuses.
    """
    try:
        target = path.resolve()
        # From Python 3.13 on, a circle of links resolves to one of them.
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise CourseError(f"{path} is no regular file, so it stays as it is; name another.")
        part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
        try:
            with part.open("x", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                shutil.copymode(target, part)
            os.replace(part, target)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle of links
        raise CourseError(f"{path} cannot be written ({_reason(error)}).") from error


def _content(path: Path, mend: str) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST_FILE:
            return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CourseError(
            f"There is no file {path.name} in {path.absolute().parent}; {mend}."
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise CourseError(f"{path} cannot be read ({_reason(error)}).") from error
    raise CourseError(
        f"{path} is no regular file of at most {LARGEST_FILE // 2**20} MB; check its name."
    )


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
