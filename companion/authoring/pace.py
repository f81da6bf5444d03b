"""Do the pages take as long as they say? Judged on the run of the notebooks that is made anyway."""

from __future__ import annotations

from collections.abc import Mapping

SHORTEST = 0.5
FACTOR = 2


def misstated(
    stated: Mapping[str, float], seconds: Mapping[str, float], sharing: float
) -> list[str]:
    """Return one sentence for each page whose stated minutes are off by more than a factor of two.

    A page that had the machine to itself would have taken between its time here over the number of
    programs that shared the machine, and its time here. A page is off if that whole range is.

    Args:
        stated: minutes by page; the shortest that is ever stated, half a minute, also covers less.
        seconds: measured here, by page.
        sharing: how many programs shared the machine; 1 or more.
    """
    faults = []
    for page, here in sorted(seconds.items()):
        minutes, least, most = stated[page], here / sharing / 60, here / 60
        if least > FACTOR * minutes or (minutes > SHORTEST and most < minutes / FACTOR):
            faults.append(
                f"{page} states {minutes:g} minutes and took {here:.0f} s, with {sharing:.1f} "
                "programs at once; refresh it on a quiet machine, or make it quicker."
            )
    return faults
