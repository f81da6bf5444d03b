"""Read ``references.bib``, and say of each entry how a reader finds the work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from companion.errors import CourseError

# What identifies a work, in the order in which a reader should try it.
IDENTIFIERS = ("doi", "eprint", "isbn", "url")

_START = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,")
_FIELD = re.compile(r"(\w+)\s*=\s*\{")
_FORM = {
    "doi": re.compile(r"10\.\d{4,9}/\S+"),
    "eprint": re.compile(r"\d{4}\.\d{4,5}"),
    "isbn": re.compile(r"[\dX-]+"),
    "url": re.compile(r"https?://[^\s{}]+"),
    "year": re.compile(r"(1[89]|20)\d\d"),
}


@dataclass(frozen=True)
class Entry:
    """One work.

    Attributes:
        kind: ``book``, ``article`` and so on.
        key: the name by which pages cite it.
        fields: names in lower case to text, outer braces removed.
    """

    kind: str
    key: str
    fields: dict[str, str]

    @property
    def title(self) -> str:
        """The title without braces and back-slashes."""
        return re.sub(r"[{}\\]", "", self.fields.get("title", ""))

    @property
    def authors(self) -> tuple[str, ...]:
        """The family names of authors, or of editors; ``others`` is left out."""
        names = self.fields.get("author") or self.fields.get("editor", "")
        if names.startswith("{"):
            return (re.sub(r"[{}]", "", names),)
        family = (name.split(",")[0].strip() for name in re.split(r"\s+and\s+", names))
        return tuple(re.sub(r"[{}]", "", name) for name in family if name not in ("others", ""))

    @property
    def identifier(self) -> str:
        """The first identifier, such as ``doi:10.1038/nature14539``; empty if it has none."""
        for name in IDENTIFIERS:
            if value := self.fields.get(name):
                return (
                    value if name == "url" else f"{'arxiv' if name == 'eprint' else name}:{value}"
                )
        return ""


def load(path: Path) -> dict[str, Entry]:
    """Read a bibliography; the entries by key, in the order of the file.

    Raises:
        CourseError: a brace is not closed, or a key stands twice.
    """
    text = path.read_text(encoding="utf-8")
    entries: dict[str, Entry] = {}
    for start in _START.finditer(text):
        kind, key = start[1].lower(), start[2]
        if kind == "comment":
            continue
        if key in entries:
            raise CourseError(f"The bibliography holds the key {key!r} twice; keys are unique.")
        body = _braced(text, text.index("{", start.start()), key)
        entries[key] = Entry(kind, key, _fields(body, key))
    return entries


def faults(entries: dict[str, Entry]) -> list[str]:
    """Return what is wrong with the entries, one sentence each; empty if nothing is."""
    found = []
    seen: dict[str, str] = {}
    for key, entry in entries.items():
        for name in ("title", "author"):
            if not entry.fields.get(name) and not (name == "author" and "editor" in entry.fields):
                found.append(f"{key} has no {name}.")
        if not entry.identifier and key != "seedarticle":
            found.append(f"{key} has no DOI, arXiv id, ISBN or address.")
        for name, form in _FORM.items():
            value = entry.fields.get(name)
            if value is not None and not form.fullmatch(value):
                found.append(f"{key} has the {name} {value!r}, which is not of its form.")
        if "isbn" in entry.fields and not isbn_is_valid(entry.fields["isbn"]):
            found.append(f"{key} has an ISBN whose check digit is wrong.")
        for same in (entry.identifier.lower(), f"{entry.title.lower()} by {entry.authors[:1]}"):
            if same and same in seen:
                found.append(f"{key} and {seen[same]} are the same work: {same}.")
            seen[same] = key
    return found


def isbn_is_valid(isbn: str) -> bool:
    """Tell whether the check digit of an ISBN of ten or thirteen digits is right.

    Thirteen: the digits weighted 1, 3, 1, 3, … add up to a multiple of 10. Ten: weighted 10 down
    to 1 they add up to a multiple of 11, and ``X`` stands for 10 in the last place (ISO 2108).
    """
    digits = isbn.replace("-", "").replace(" ", "")
    if re.fullmatch(r"\d{13}", digits):
        return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0
    if re.fullmatch(r"\d{9}[\dX]", digits):
        values = [10 if d == "X" else int(d) for d in digits]
        return sum(value * (10 - i) for i, value in enumerate(values)) % 11 == 0
    return False


def _braced(text: str, start: int, key: str) -> str:
    """Return what stands between the brace at ``start`` and its partner."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == "{") - (text[i] == "}")
        if depth == 0:
            return text[start + 1 : i]
    raise CourseError(f"The entry {key!r} of the bibliography has a brace that is not closed.")


def _fields(body: str, key: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    position = 0
    while match := _FIELD.search(body, position):
        value = _braced(body, match.end() - 1, key)
        fields[match[1].lower()] = " ".join(value.split())
        position = match.end() + len(value)
    return fields
