"""Do the pages take as long as they say? Judged on the run of the notebooks that is made anyway."""

from __future__ import annotations

from collections.abc import Mapping

SHORTEST = 0.5
FACTOR = 2


def misstated(
    stated: Mapping[str, float], seconds: Mapping[str, float], sharing: float
) -> tuple[list[str], list[str]]:
    """Name the pages that state less than half, and those that state more than twice their time.

    A page that had the machine to itself would have taken between its time here over the number of
    programs that shared the machine, and its time here. A page is off if that whole range is. The
    second kind may be due to a quicker machine; the first keeps a reader waiting.

    Args:
        stated: minutes by page; the shortest that is ever stated, half a minute, also covers less.
        seconds: measured here, by page.
        sharing: how many programs shared the machine; 1 or more.
    """
    slow, quick = [], []
    for page, here in sorted(seconds.items()):
        minutes, least, most = stated[page], here / sharing / 60, here / 60
        sentence = (
            f"{page} states {minutes:g} minutes and took {here:.0f} s, with {sharing:.1f} "
            "programs at once; refresh it on a quiet machine, or make it quicker."
        )
        if least > FACTOR * minutes:
            slow.append(sentence)
        elif minutes > SHORTEST and most < minutes / FACTOR:
            quick.append(sentence)
    return slow, quick
