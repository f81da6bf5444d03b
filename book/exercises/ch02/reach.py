"""What can be reached along arrows, with loops."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called


def reach(arrows, start):
    found, waiting = set(), [start]
    while waiting:
        box = waiting.pop()
        for a, b in arrows:
            if a == box and b not in found:
                found.add(b)
                waiting.append(b)
    return found


@mistake("first arrow")
def one_step(arrows, start):
    return {b for a, b in arrows if a == start}


@mistake("lies on no loop")
def start_included(arrows, start):
    found = {start}
    for _ in arrows:
        found |= {b for a, b in arrows if a in found}
    return found


@mistake("against their direction")
def both_ways(arrows, start):
    found = {b for a, b in arrows if a == start} | {a for a, b in arrows if b == start}
    for _ in arrows:
        found |= {b for a, b in arrows if a in found} | {a for a, b in arrows if b in found}
    return found


@mistake("order of the list")
def one_pass(arrows, start):
    found = set()
    for a, b in arrows:
        if a == start or a in found:
            found.add(b)
    return found


def judge(answer: Any) -> None:
    article = ["AB", "BC", "CD", "AE", "EF", "FG", "DH", "HA"]
    for links in (article, article[::-1], ["BC", "AB"], ["AA", "BA"], ["CA", "BC", "AD", "EB"]):
        arrows = [(link[0], link[1]) for link in links]
        boxes = sorted(set("".join(links)))
        # Another route: powers of the matrix of arrows count walks of each length.
        step = np.array([[float((a, b) in arrows) for b in boxes] for a in boxes])
        lengths = range(1, len(boxes) + 1)
        walks = np.sum([np.linalg.matrix_power(step, k) for k in lengths], axis=0)
        for i, start in enumerate(boxes):
            right = {box for box, count in zip(boxes, walks[i], strict=True) if count}
            got = called(answer, arrows, start, name="reach")
            if not isinstance(got, set | frozenset):
                raise Wrong(f"reach should return a set; it is of type {type(got).__name__}.")
            if got == right:
                continue
            where = f"From {start} along {', '.join(links)}: "
            if got - right == {start}:
                raise Wrong(f"{where}{start} is in your set, but it lies on no loop.")
            if got - right:
                raise Wrong(f"{where}{sorted(got - right)} is reached against their direction.")
            if got == {b for a, b in arrows if a == start}:
                raise Wrong(f"{where}you follow only the first arrow of a way.")
            raise Wrong(
                f"{where}{sorted(right - got)} is missing; the order of the list must not matter."
            )
