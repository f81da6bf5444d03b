"""Find a name that a copier does not copy."""

from itertools import product
from typing import Any

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called


def breaks(copier):
    for length in range(1, 13):
        for letters in product("ab", repeat=length):
            name = "".join(letters)
            if any(copier(name + "=" + name[:i]) != name[i] for i in range(length)):
                return name
    return ""


@mistake("6 letters")
def one_length(copier):
    name = "kernel"
    for i, letter in enumerate(name):
        if copier(name + "=" + name[:i]) != letter:
            return name
    return ""


@mistake("repeated")
def no_letter_twice(copier):
    for length in range(1, 13):
        name = "abcdefghijkl"[:length]
        for i, letter in enumerate(name):
            if copier(name + "=" + name[:i]) != letter:
                return name
    return ""


@mistake("first letter")
def first_letter_alone(copier):
    for length in range(1, 13):
        for letter in "abcd":
            name = letter * length
            if copier(name + "=") != letter:
                return name
    return ""


@mistake("every copier")
def always_broken(copier):
    return "axis"


def true_copier(text):
    name, again = text.split("=")
    if not 1 <= len(name) <= 12:
        raise Wrong(f"You ask about a name of {len(name)} letters; 1 to 12 were agreed.")
    return name[len(again)] if len(again) < len(name) else "\n"


def shift(places, longest=99):
    """Copy from a fixed distance; right for names of one length."""

    def copier(text):
        near = len(text) >= places and len(text.split("=")[0]) <= longest
        return text[-places] if near else "?"

    return copier


def ranged(low, high):
    def copier(text):
        name = text.split("=")[0]
        return true_copier(text) if low <= len(name) <= high else "?"

    return copier


def induction(text):
    """Take what followed where the last letter stood before: fails where one comes twice."""
    name, again = text.split("=")
    if not again:
        return name[0]
    place = name.index(again[-1]) + 1
    return name[place] if place < len(name) else "\n"


def wrong_on(copier, name):
    return any(copier(f"{name}={name[:i]}") != name[i] for i in range(len(name)))


def judge(answer: Any) -> None:
    said = called(answer, true_copier, name="breaks")
    if said != "":
        raise Wrong(
            f"You return {said!r} for a copier that copies everything: it would be found against "
            'every copier. Return "" where you find no name.'
        )
    broken = {
        "is right for names of 6 letters alone": shift(7),
        "is right for names of 3 to 8 letters alone": ranged(3, 8),
        "is wrong for names of one letter alone": ranged(2, 12),
        "is wrong for names of twelve letters alone": ranged(1, 11),
        "is wrong where a letter is repeated in the name": induction,
        "is right in the first letter alone": lambda t: true_copier(t) if t[-1] == "=" else "?",
    }
    for kind, copier in broken.items():
        name = called(answer, copier, name="breaks")
        if not isinstance(name, str) or not name or not wrong_on(copier, name):
            raise Wrong(
                f"A copier that {kind} passes your search: you return {name!r}. Try names of "
                "many lengths, with repeated letters, and every letter, not the first letter only."
            )
