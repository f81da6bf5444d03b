"""Groups of pieces that must stay on one side of a split."""

from typing import Any

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called


def groups(n, near):
    label = list(range(n))
    for a, b in near:
        old, new = label[b], label[a]
        label = [new if one == old else one for one in label]
    return label


@mistake("through a third")
def direct_pairs_only(n, near):
    label = list(range(n))
    for a, b in near:
        label[b] = a
    return label


@mistake("everything together")
def one_group(n, near):
    return [0] * n


@mistake("a label for each")
def only_those_named(n, near):
    return groups(n, near)[: 1 + max((max(pair) for pair in near), default=0)]


def together(n: int, near: list[tuple[int, int]]) -> list[set[int]]:
    """Return for each piece all that hang together with it, by walking."""
    found = []
    for start in range(n):
        reached, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            for a, b in near:
                for one, other in ((a, b), (b, a)):
                    if one == here and other not in reached:
                        reached.add(other)
                        waiting.append(other)
        found.append(reached)
    return found


def judge(answer: Any) -> None:
    worlds = (
        (4, []),
        (6, [(0, 1), (2, 3)]),
        (6, [(1, 2), (0, 1), (4, 5)]),
        (9, [(7, 3), (3, 5), (1, 0), (0, 7), (2, 6)]),
        (8, [(0, 1), (2, 3), (1, 3), (5, 6), (6, 5)]),
    )
    for n, near in worlds:
        said = called(answer, n, list(near), name="groups")
        if not hasattr(said, "__len__") or len(said) != n:
            raise Wrong(f"groups should return a label for each of the {n} pieces.")
        said = list(said)
        for piece, mates in enumerate(together(n, near)):
            for other in range(n):
                same = said[piece] == said[other]
                if other in mates and not same:
                    raise Wrong(
                        f"With pairs {near} the pieces {piece} and {other} hang together, directly "
                        "or through a third one, and have different labels."
                    )
                if other not in mates and same:
                    raise Wrong(
                        f"With pairs {near} the pieces {piece} and {other} have one label, and "
                        "nothing joins them; do not put everything together."
                    )
