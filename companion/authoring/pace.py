"""Do the pages take as long as they say? Judged on the run of the notebooks that is made anyway."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

SHORTEST = 0.5
FACTOR = 2
FEWEST = 3


def off_pace(
    stated: Mapping[str, float], seconds: Mapping[str, float]
) -> tuple[list[str], list[str]]:
    """Name the pages that state less than half, and those that state more than twice their time.

    The median of time over stated time is the pace of this machine, whatever its cores and whatever
    else it did. A slow page takes more than twice what it states, on this machine as it is and at
    its pace as well; a quick one is quick in both. The first kind keeps a reader waiting.

    Args:
        stated: minutes by page; the shortest that is ever stated, half a minute, also covers less,
            so such pages do not count for the pace.
        seconds: measured here, by page; of fewer than three that count, nothing is said.
    """
    times = {page: here / 60 / stated[page] for page, here in sorted(seconds.items())}
    counted = [time for page, time in times.items() if stated[page] > SHORTEST]
    if len(counted) < FEWEST:
        return [], []
    pace = median(counted)
    slow = [page for page, time in times.items() if time > FACTOR * max(1, pace)]
    quick = [
        page
        for page, time in times.items()
        if stated[page] > SHORTEST and time < min(1, pace) / FACTOR
    ]
    sentence = "{} states {:g} minutes and took {:.0f} s, others {:.1f} times theirs; refresh it."
    said = {page: sentence.format(page, stated[page], seconds[page], pace) for page in times}
    return [said[page] for page in slow], [said[page] for page in quick]


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
