"""Count what follows a context in a text, overlaps included."""

import re
from collections import Counter
from typing import Any

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called


def followers(text, context):
    row = {}
    for end in range(len(context), len(text)):
        if text[end - len(context) : end] == context:
            row[text[end]] = row.get(text[end], 0) + 1
    return row


@mistake("overlap")
def no_overlap(text, context):
    row, start = {}, text.find(context)
    while start >= 0 and start + len(context) < len(text):
        char = text[start + len(context)]
        row[char] = row.get(char, 0) + 1
        start = text.find(context, start + max(1, len(context)))
    return row


@mistake("how often")
def counts_once(text, context):
    ends = range(len(context), len(text))
    return {text[e]: 1 for e in ends if text[e - len(context) : e] == context}


@mistake("last character")
def last_character_missing(text, context):
    row = {}
    for end in range(len(context), len(text) - 1):
        if text[end - len(context) : end] == context:
            row[text[end]] = row.get(text[end], 0) + 1
    return row


@mistake("first place")
def only_first(text, context):
    at = text.find(context)
    return {text[at + len(context)]: 1} if 0 <= at < len(text) - len(context) else {}


def judge(answer: Any) -> None:
    for text, context in (
        ("the cat ate the hat", "at"),
        ("the cat and the hat", "th"),
        ("aaaaab", "aa"),
        ("abab", "c"),
        ("abcabd", "ab"),
        ("banana", ""),
    ):
        row = called(answer, text, context, name="followers")
        if not isinstance(row, dict):
            raise Wrong(f"followers should return a dictionary, not a {type(row).__name__}.")
        found = re.finditer(f"(?={re.escape(context)}(.))", text, flags=re.DOTALL)
        expected = Counter(match[1] for match in found)
        got = {key: value for key, value in row.items() if value != 0}
        if got != dict(expected):
            raise Wrong(_row_fault(text, context, got, expected))


def _row_fault(text: str, context: str, got: dict[str, Any], expected: Counter[str]) -> str:
    where = f"in {text!r}, after {context!r}"
    apart = Counter(m[1] for m in re.finditer(f"{re.escape(context)}(?=(.))", text))
    without_last = expected - Counter({text[-1]: int(text[:-1].endswith(context))})
    mistakes = (
        (without_last, "The last character of the text is missing"),
        (dict([next(iter(expected.items()), ("", 0))]), "Only the first place was counted"),
        (dict.fromkeys(expected, 1), "The right characters, but not how often they come"),
        (apart, "An overlap was missed, for an occurrence may begin inside the last one"),
    )
    for row, slip in mistakes:
        if got == dict(row):
            return f"{slip}, {where}."
    return f"Yours says {got}, {where}; right is {dict(expected)}."
