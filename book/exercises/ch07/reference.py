"""Judge a reference by three searches."""

import itertools
from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, choice


def verdict(by_number, by_title, by_authors):
    lists = [set(by_number), set(by_title), set(by_authors)]
    if not all(lists):
        return "unknown"
    common = set.intersection(*lists)
    if not common:
        return "spliced"
    return "found" if len(common) == 1 else "several"


@mistake("every list holds something")
def empty_is_spliced(by_number, by_title, by_authors):
    common = set(by_number) & set(by_title) & set(by_authors)
    return {0: "spliced", 1: "found"}.get(len(common), "several")


@mistake("all three lists")
def title_alone(by_number, by_title, by_authors):
    if not (by_number and by_title and by_authors):
        return "unknown"
    common = set(by_number) & set(by_title)
    return {0: "spliced", 1: "found"}.get(len(common), "several")


@mistake("exactly one")
def any_common(by_number, by_title, by_authors):
    if not (by_number and by_title and by_authors):
        return "unknown"
    return "found" if set(by_number) & set(by_title) & set(by_authors) else "spliced"


def judge(answer: Any) -> None:
    pools = [[], ["a"], ["b"], ["a", "b"], ["b", "c"], ["a", "b", "c"], ["a", "a"]]
    causes = {
        "unknown": "every list holds something, so it is not unknown.",
        "spliced": "a work stands in all three lists, or a list is empty: spliced needs that "
        "every list holds something and no work is in all.",
        "found": "found needs exactly one work in all three lists.",
        "several": "several needs more than one work in all three lists.",
    }
    for lists in itertools.product(pools, repeat=3):
        common = [work for work in "abc" if all(work in one for one in lists)]
        full = all(len(one) > 0 for one in lists)
        right = "unknown" if not full else ("spliced", "found", "several")[min(len(common), 2)]
        choice(
            called(answer, *lists, name="verdict"),
            right,
            {word: cause for word, cause in causes.items() if word != right},
            name=f"verdict({', '.join(map(str, lists))})",
        )
