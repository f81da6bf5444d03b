"""Do the pages take as long as they say? Judged on the run of the notebooks that is made anyway."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

SHORTEST = 0.5
FACTOR = 2
LONGEST = 120.0
FEWEST = 3


def off_pace(
    stated: Mapping[str, float], seconds: Mapping[str, float]
) -> tuple[list[str], list[str]]:
    """Name the pages that state less than half, and those that state more than twice their time.

    The median of time over stated time is the pace of this machine, whatever its cores and whatever
    else it did. A slow page takes more than twice what it states, on this machine as it is and at
    its pace as well, and more than two minutes: any other program can do as much to a shorter page.
    A quick one is quick in both. The first kind keeps a reader waiting.

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
    slow = [
        page
        for page, time in times.items()
        if time > FACTOR * max(1, pace) and seconds[page] > LONGEST * max(1, pace)
    ]
    quick = [
        page
        for page, time in times.items()
        if stated[page] > SHORTEST and time < min(1, pace) / FACTOR
    ]
    sentence = "{} states {:g} minutes and took {:.0f} s, others {:.1f} times theirs; refresh it."
    said = {page: sentence.format(page, stated[page], seconds[page], pace) for page in times}
    return [said[page] for page in slow], [said[page] for page in quick]
