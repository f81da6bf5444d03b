"""Chapter 2, concepts: sampling, rounding, decisions, groups, discoveries, charts."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises.compare import array, called, number
from companion.exercises.registry import Wrong, exercise


@exercise(
    "ch02.alias",
    title="The frequency that appears",
    level=2,
    minutes=10,
    statement="""
        A tone of `f` hertz is sampled `rate` times a second, with no filter before. Write
        `alias(f, rate)`: the frequency, between 0 and half of `rate`, of the slowest tone that
        passes through the same samples.
    """,
    stub="""
        def alias(f, rate):
            return ...  # your code
    """,
    solution="""
        def alias(f, rate):
            rest = f % rate
            return min([rest, rate - rest])
    """,
    explanation="""
        Between two samples a tone may go round any whole number of times without a trace, so
        `f` and `f` + `rate` look the same. And a tone that goes round *nearly* once looks like one
        that goes a little way back. So fold: first into one `rate`, then at half of it.
    """,
    hints=(
        "At 100 samples a second, 3 hertz, 103 hertz and 97 hertz give the same dots.",
        "The remainder `f % rate` takes away the whole turns. What if it is above half of `rate`?",
    ),
    wrong={
        "no_fold": ("def alias(f, rate):\n    return f % rate", "above half"),
        "unchanged": ("def alias(f, rate):\n    return f", "as if it were not sampled"),
        "half_rate": (
            "def alias(f, rate):\n    rest = f % (rate / 2)\n    return min(rest, rate / 2 - rest)",
            "half the rate",
        ),
        "difference_only": ("def alias(f, rate):\n    return abs(rate - f)", "more than one turn"),
    },
)
def _alias(answer: Any) -> None:
    # The oracle looks: it samples the tone for one second and finds the peak of the spectrum.
    for f, rate in ((250, 64), (45, 128), (45, 64), (97, 100), (103, 100), (0, 50), (321, 101)):
        samples = np.cos(2 * np.pi * f * np.arange(rate) / rate)
        seen = int(np.abs(np.fft.rfft(samples)).argmax())
        half = f % (rate / 2)
        number(
            called(answer, f, rate, name="alias"),
            seen,
            causes=[
                (f % rate, "that is above half of the rate; such a tone looks like a slower one."),
                (f, "that is the tone as if it were not sampled; here the rate is too low for it."),
                (min(half, rate / 2 - half), "the turns repeat with the rate, not half the rate."),
                (abs(rate - f), "a tone may make more than one turn, or none, between two dots."),
            ],
            atol=1e-9,
            unit="hertz",
            name=f"alias({f}, {rate})",
        )


@exercise(
    "ch02.bits",
    title="How many bits?",
    level=2,
    minutes=10,
    statement=r"""
        A full-scale tone stored in $b$ bits stands $\frac32 \cdot 4^b$ above the rounding noise in
        power. Write `bits(decibel)`: the smallest whole number of bits that keeps the noise at
        least `decibel` below the tone. ($10 \log_{10}$ of a ratio of powers is its value in
        decibel.)
    """,
    stub="""
        def bits(decibel):
            return ...  # a whole number
    """,
    solution="""
        def bits(decibel):
            first = 10 * np.log10(1.5)
            return int(np.ceil((decibel - first) / (20 * np.log10(2))))
    """,
    explanation=r"""
        $10\log_{10}(\frac32 4^b) = 20 b \log_{10} 2 + 10 \log_{10} \frac32$, which is
        $6.02\,b + 1.76$. Solve for $b$ and round up. A compact disc's 16 bits give 98 decibel.
    """,
    hints=(
        "Write the ratio in decibel; the logarithm turns the power of four into a product.",
        "A sixth of the decibels is nearly right. Round up, since half a bit cannot be stored.",
    ),
    wrong={
        "rounds_down": (
            "def bits(decibel):\n    return int((decibel - 1.76) / 6.02)",
            "round up",
        ),
        "no_constant": (
            "def bits(decibel):\n    return int(np.ceil(decibel / 6.0206))",
            "full-scale tone",
        ),
        "amplitude": (
            "def bits(decibel):\n    return int(np.ceil((decibel - 1.76) / 3.0103))",
            "a bit halves the error",
        ),
        "fraction": (
            "def bits(decibel):\n    return (decibel - 1.7609) / 6.0206",
            "whole number",
        ),
    },
)
def _bits(answer: Any) -> None:
    for decibel in (30.0, 49.5, 61.0, 74.3, 98.0, 20.5):
        # Counting instead of a logarithm: each bit multiplies the ratio of powers by four.
        wanted, ratio, right = 10.0 ** (decibel / 10), 6.0, 1
        while ratio < wanted:
            ratio, right = 4 * ratio, right + 1
        got = called(answer, decibel, name="bits")
        if isinstance(got, float | np.floating) and got != np.floor(got):
            raise Wrong(f"bits({decibel}) is {got:.3f}; it should be a whole number of bits.")
        twice = int(np.ceil((decibel - 1.76) / 3.0103))
        number(
            got,
            right,
            causes=[
                (right - 1, "with so few bits the noise is too loud; round up."),
                (right + 1, "one bit fewer is enough; use the constant of a full-scale tone."),
                (twice, "a bit halves the error, and its power falls to a quarter."),
            ],
            name=f"bits({decibel})",
        )


@exercise(
    "ch02.threshold",
    title="When to stop",
    level=1,
    minutes=6,
    statement="""
        A model says that the pump is faulty with probability `p`. Stopping a sound pump costs
        `needless`, running a faulty one costs `missed`; right decisions cost nothing. Write
        `threshold(missed, needless)`: the probability from which stopping is cheaper on average.
    """,
    stub="""
        def threshold(missed, needless):
            return ...  # your code
    """,
    solution="""
        def threshold(missed, needless):
            return needless / (needless + missed)
    """,
    explanation=r"""
        Stopping costs `needless` times $1 - p$ on average, running costs `missed` times $p$. They
        are equal at the threshold. With 20 and 1 it is $1/21$: stop at a suspicion of five
        per cent. A threshold of one half is right only when both mistakes cost the same.
    """,
    hints=(
        "Write down the average cost of stopping, and that of running, for a given p.",
        "At the threshold both are equal. Solve for p.",
    ),
    wrong={
        "half": ("def threshold(missed, needless):\n    return 0.5", "cost the same"),
        "turned": (
            "def threshold(missed, needless):\n    return missed / (needless + missed)",
            "turned round",
        ),
        "odds": ("def threshold(missed, needless):\n    return needless / missed", "odds"),
    },
)
def _threshold(answer: Any) -> None:
    for missed, needless in ((20.0, 1.0), (3.0, 7.0), (1.5, 0.5)):
        # Bisection: stop where the mean cost of stopping is below that of running on.
        low, high = 0.0, 1.0
        for _ in range(60):
            p = (low + high) / 2
            low, high = (low, p) if (1 - p) * needless < p * missed else (p, high)
        number(
            called(answer, missed, needless, name="threshold"),
            high,
            causes=[
                (0.5, "one half is right only when both mistakes cost the same."),
                (1 - high, "the two costs are turned round: a dear miss should stop it earlier."),
                (needless / missed, "those are odds; a probability is a part of the whole."),
            ],
            name=f"threshold({missed:g}, {needless:g})",
        )


@exercise(
    "ch02.bestcost",
    title="The best anyone can do",
    level=3,
    minutes=20,
    statement="""
        In a small known world, `P[x, y]` is the probability of seeing `x` while the truth is `y`.
        `C[a, y]` is what action `a` costs when the truth is `y`. Write `best_cost(P, C)`: the
        least expected cost that any rule from `x` to an action can reach.
    """,
    stub="""
        def best_cost(P, C):
            return ...  # your code
    """,
    solution="""
        def best_cost(P, C):
            return sum(row.min() for row in P @ C.T)
    """,
    explanation=r"""
        `P @ C.T` holds for each `x` and `a` the sum $\sum_y P(x, y)\,C(a, y)$: what it adds to the
        expected cost when action $a$ is taken at this $x$. A rule may choose freely at each $x$,
        so it takes the cheapest there, and the minima add up. This number is the *Bayes risk*: no
        model goes below it. Merge two rows of `P`, as a coarser sensor does, and it can only rise.
    """,
    hints=(
        "A rule chooses one action for each x. What does one choice add to the expected cost?",
        "Adding over y is a matrix product. Which of the two tables has to be transposed?",
    ),
    wrong={
        "one_action": (
            "def best_cost(P, C):\n    return (P @ C.T).sum(axis=0).min()",
            "same action everywhere",
        ),
        "all_knowing": (
            "def best_cost(P, C):\n    return (P.sum(axis=0) * C.min(axis=0)).sum()",
            "sees y",
        ),
        "conditional": (
            "def best_cost(P, C):\n"
            "    Q = P / P.sum(axis=1, keepdims=True)\n"
            "    return (Q @ C.T).min(axis=1).sum()",
            "how often",
        ),
        "mean": ("def best_cost(P, C):\n    return (P @ C.T).min(axis=1).mean()", "already weighs"),
    },
)
def _best_cost(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for states, truths, actions in ((4, 2, 2), (3, 3, 2), (5, 2, 3)):
        P = rng.dirichlet(np.ones(states * truths)).reshape(states, truths)
        C = rng.uniform(0.5, 5, (actions, truths))
        # Brute force: try every rule there is.
        pays = [
            sum(P[x, y] * C[rule[x], y] for x in range(states) for y in range(truths))
            for rule in itertools.product(range(actions), repeat=states)
        ]
        right = min(pays)
        blind = min(sum(P[:, y].sum() * C[a, y] for y in range(truths)) for a in range(actions))
        knowing = sum(P[:, y].sum() * min(C[:, y]) for y in range(truths))
        per_state = [min(P[x] @ C[a] for a in range(actions)) / sum(P[x]) for x in range(states)]
        number(
            called(answer, P, C, name="best_cost"),
            right,
            causes=[
                (blind, "that rule takes the same action everywhere; it may look at x first."),
                (knowing, "that rule sees y; it should see only x."),
                (sum(per_state), "each x must count as much as how often it comes up."),
                (right / states, "P already weighs each x; add up instead of averaging."),
            ],
            name="The best cost",
        )


@exercise(
    "ch02.adjusted",
    title="Compare like with like",
    level=2,
    minutes=12,
    statement="""
        `success[i, j]` of `total[i, j]` patients of group `j` were cured by treatment `i`. Doctors
        chose the treatment, and looked at the group when they did. Write `adjusted(success,
        total)`: for each treatment, the share that would be cured if *all* patients got it, when
        the group is the only thing that matters for choice and cure.
    """,
    stub="""
        def adjusted(success, total):
            return ...  # one share for each treatment
    """,
    solution="""
        def adjusted(success, total):
            weight = total.sum(axis=0) / total.sum()
            return (success / total) @ weight
    """,
    explanation=r"""
        Compare inside the groups, then weigh each group by its share among *all* patients, the
        same for both treatments. This is the adjustment formula,
        $\sum_j P(\text{cure} \mid i, j)\,P(j)$. The raw share weighs each treatment by its own
        mix of groups instead.
    """,
    hints=(
        "First the share cured for each treatment and group: a table of the same shape.",
        "If all patients got treatment i, which part of them would be in group j?",
    ),
    wrong={
        "raw": (
            "def adjusted(success, total):\n    return success.sum(axis=1) / total.sum(axis=1)",
            "own mix",
        ),
        "groups_equal": (
            "def adjusted(success, total):\n    return (success / total).mean(axis=1)",
            "same weight",
        ),
        "own_weights": (
            "def adjusted(success, total):\n"
            "    weight = total / total.sum()\n"
            "    return (success / total * weight).sum(axis=1)",
            "add up to one",
        ),
    },
)
def _adjusted(answer: Any) -> None:
    for success, total in (
        ([[81, 192], [234, 55]], [[87, 263], [270, 80]]),
        ([[5, 20, 9], [30, 2, 1]], [[10, 60, 10], [50, 4, 5]]),
    ):
        cured, treated = np.array(success, float), np.array(total, float)
        groups = range(len(total[0]))
        everyone = sum(map(sum, total))
        shares = [
            # Whole patients and exact fractions: move every patient to treatment i.
            sum(Fraction(success[i][j], total[i][j]) * sum(t[j] for t in total) for j in groups)
            / everyone
            for i in (0, 1)
        ]
        array(
            called(answer, cured, treated, name="adjusted"),
            [float(share) for share in shares],
            causes=[
                (
                    [sum(s) / sum(t) for s, t in zip(success, total, strict=True)],
                    "those are the raw shares, each with its own mix of groups.",
                ),
                (
                    [sum(cured[i] / treated[i]) / len(groups) for i in (0, 1)],
                    "every group has the same weight; large groups should count more.",
                ),
                (
                    [sum(s) / everyone for s in success],
                    "the weights of a treatment's groups should add up to one.",
                ),
            ],
            name="The adjusted shares",
        )


@exercise(
    "ch02.discoveries",
    title="Discoveries that last",
    level=3,
    minutes=20,
    statement=r"""
        `p` holds the $p$-values of $m$ tests. The rule of Benjamini and Hochberg: sort them, and
        find the largest rank $k$ with $p_{(k)} \le q\,k/m$. The tests with the $k$ smallest values
        are discoveries, and at most a share `q` of discoveries is false on average. Write
        `discoveries(p, q)`: an array of truth values in the order of `p`.
    """,
    stub="""
        def discoveries(p, q):
            return ...  # True for each discovery
    """,
    solution="""
        def discoveries(p, q):
            ordered = np.sort(p)
            passes = ordered <= q * np.arange(1, len(p) + 1) / len(p)
            return p <= max(ordered[passes], default=-1)
    """,
    explanation=r"""
        If $m$ true nulls give $p$-values spread evenly from 0 to 1, about $m\,t$ of them lie below
        $t$. When $k$ values lie below $t = qk/m$, about $qk$ of those $k$ are noise: the share $q$.
        The *largest* such rank counts, so a value may be a discovery although its own rank fails.
    """,
    hints=(
        "Sort first. Which ranks from 1 to m pass the comparison?",
        "Everything up to the last rank that passes counts, also ranks before it that fail.",
    ),
    wrong={
        "uncorrected": ("def discoveries(p, q):\n    return p <= q", "one test at a time"),
        "bonferroni": ("def discoveries(p, q):\n    return p <= q / len(p)", "too strict"),
        "stops_early": (
            """
def discoveries(p, q):
    ordered = np.sort(p)
    fails = ordered > q * np.arange(1, len(p) + 1) / len(p)
    k = int(np.argmax(fails)) if fails.any() else len(p)
    return p < (ordered[k] if k < len(p) else 2)
""",
            "first rank that fails",
        ),
        "sorted_order": (
            """
def discoveries(p, q):
    ordered = np.sort(p)
    passes = ordered <= q * np.arange(1, len(p) + 1) / len(p)
    return ordered <= max(ordered[passes], default=-1)
""",
            "order of `p`",
        ),
    },
)
def _discoveries(answer: Any) -> None:
    rng = np.random.default_rng(0)
    cases = [
        (np.array([0.9, 0.001, 0.055, 0.06, 0.09, 0.03]), 0.1),
        (rng.uniform(0.2, 1, 12), 0.1),
        (rng.permutation(np.concatenate([rng.uniform(0, 0.01, 6), rng.uniform(0, 1, 14)])), 0.05),
        (np.array([0.04, 0.025]), 0.05),
        (np.array([0.1, 0.04, 0.03]), 0.1),
        (np.array([0.25, 0.2, 0.9, 0.8]), 0.5),
    ]
    for p, q in cases:
        m = len(p)
        # By definition, one value after the other: some value at or above it passes at its rank.
        passing = [v for v in p if v * m <= q * sum(w <= v for w in p) * (1 + 1e-12)]
        right = np.array([any(v <= w for w in passing) for v in p])
        ranks = sorted(p.tolist())
        early = next((i for i, v in enumerate(ranks) if v * m > q * (i + 1)), m)
        array(
            called(answer, p, q, name="discoveries"),
            right,
            causes=[
                (c, words)
                for c, words in (
                    (p <= q, "that judges one test at a time; the rank has to enter."),
                    (np.isin(p, ranks[:early]), "it ends at the first rank that fails, not last."),
                    (p * m <= q, "too strict: only the first rank is held to q/m."),
                    (np.sort(right)[::-1], "the answers should stand in the order of `p`."),
                )
                if not np.array_equal(c, right)
            ],
            name="The discoveries",
        )


@exercise(
    "ch02.reach",
    title="Where do the arrows lead?",
    level=2,
    minutes=12,
    statement="""
        `arrows` is a list of pairs such as `("A", "B")`. Write `reach(arrows, start)`: the set of
        boxes that one can reach from `start` by following one arrow or more. `start` itself is in
        it only if it lies on a loop.
    """,
    stub="""
        def reach(arrows, start):
            return ...  # a set
    """,
    solution="""
        def reach(arrows, start):
            found, waiting = set(), [start]
            while waiting:
                box = waiting.pop()
                for a, b in arrows:
                    if a == box and b not in found:
                        found.add(b)
                        waiting.append(b)
            return found
    """,
    explanation="""
        Keep a list of boxes whose arrows are still to be followed, and a set of those found. A box
        is put on the list once, so that a loop does not hold you. With this function the sentences
        of a text can be tested against its chart: *A advances B* needs a path from A to B.
    """,
    hints=(
        "Which boxes does one arrow from `start` lead to? Then ask the same of those.",
        "Remember which boxes you have found, or a loop will keep you for ever.",
    ),
    wrong={
        "one_step": (
            "def reach(arrows, start):\n    return {b for a, b in arrows if a == start}",
            "first arrow",
        ),
        "start_included": (
            """
def reach(arrows, start):
    found = {start}
    for _ in arrows:
        found |= {b for a, b in arrows if a in found}
    return found
""",
            "lies on no loop",
        ),
        "both_ways": (
            """
def reach(arrows, start):
    found = {b for a, b in arrows if a == start} | {a for a, b in arrows if b == start}
    for _ in arrows:
        found |= {b for a, b in arrows if a in found} | {a for a, b in arrows if b in found}
    return found
""",
            "against their direction",
        ),
        "one_pass": (
            """
def reach(arrows, start):
    found = set()
    for a, b in arrows:
        if a == start or a in found:
            found.add(b)
    return found
""",
            "order of the list",
        ),
    },
)
def _reach(answer: Any) -> None:
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
