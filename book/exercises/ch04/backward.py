"""Derivatives of the end of a graph by its leaves."""

from __future__ import annotations

import math
from typing import Any

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def derivatives(end, leaves):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for source, _ in node.sources:
                visit(source)
            order.append(node)

    visit(end)
    found = dict.fromkeys([*order, *leaves], 0.0)
    found[end] = 1.0
    for node in reversed(order):
        for source, slope in node.sources:
            found[source] += slope * found[node]
    return [found[leaf] for leaf in leaves]


@mistake("added")
def overwritten(end, leaves):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for source, _ in node.sources:
                visit(source)
            order.append(node)

    visit(end)
    found = dict.fromkeys([*order, *leaves], 0.0)
    found[end] = 1.0
    for node in reversed(order):
        for source, slope in node.sources:
            found[source] = slope * found[node]
    return [found[leaf] for leaf in leaves]


@mistake("multiplied")
def slopes_added(end, leaves):
    def by(node, leaf):
        if node is leaf:
            return 1.0
        return sum(slope + by(source, leaf) for source, slope in node.sources)

    return [by(end, leaf) for leaf in leaves]


@mistake("before all")
def too_early(end, leaves):
    found, waiting = dict.fromkeys(leaves, 0.0), [end]
    found[end] = 1.0
    seen = set()
    while waiting:
        node = waiting.pop(0)
        if node in seen:
            continue
        seen.add(node)
        for source, slope in node.sources:
            found[source] = found.get(source, 0.0) + slope * found[node]
            waiting.append(source)
    return [found[leaf] for leaf in leaves]


@mistake("paths")
def path_by_path(end, leaves):
    def by(node, leaf):
        if node is leaf:
            return 1.0
        return sum(slope * by(source, leaf) for source, slope in node.sources)

    return [by(end, leaf) for leaf in leaves]


class Node:
    """A node of a graph that counts how often its sources are asked for."""

    def __init__(self, *sources: tuple[Node, float]) -> None:
        self._sources, self.asked = list(sources), [0]

    @property
    def sources(self) -> list[tuple[Node, float]]:
        """What it was made from, each with the slope of the link."""
        self.asked[0] += 1
        if self.asked[0] > 50:
            raise Wrong("A node was visited more than fifty times: too many paths; once is enough.")
        return self._sources

    def __deepcopy__(self, memo: Any) -> Node:
        return self  # the graph may be deep; only the answer's walk is of interest


def judge(answer: Any) -> None:
    def check(end: Node, leaves: list[Node], right: list[float], words: str, what: str) -> None:
        got = called(answer, end, leaves, name="derivatives")
        try:
            array(got, right, name=what)
        except Wrong as fault:
            raise Wrong(f"{fault} {words}") from None

    a, b = Node(), Node()
    end = Node((Node((a, 2.0), (b, 3.0)), 5.0))
    check(end, [a, b], [10.0, 15.0], "Along a path slopes are multiplied.", "A chain")
    x = Node()
    check(Node((x, 4.0), (x, 0.5)), [x], [4.5], "Shares of two uses are added.", "x used twice")
    # The short way reaches `early` before the long way does.
    leaf = Node()
    early = Node((leaf, 7.0))
    late = Node((Node((early, 2.0)), 3.0))
    end = Node((early, 1.0), (late, 1.0))
    words = "Did a node hand on its share before all of its own had arrived?"
    check(end, [leaf, end, Node()], [49.0, 1.0, 0.0], words, "Two ways of unequal length")
    foot = top = Node()
    for _ in range(40):
        top = Node((top, 0.5), (top, 0.25))
    check(top, [foot], [math.pow(0.75, 40)], words, "Forty values used twice each")
