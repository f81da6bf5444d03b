"""The luck of the best of many models that toss a coin."""

from fractions import Fraction
from itertools import product
from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def at_least(k, n, m):
    from math import comb

    below = sum(comb(n, i) for i in range(k)) / 2**n
    return 1 - below**m


@mistake("*all* of them")
def all_reach(k, n, m):
    from math import comb

    return (sum(comb(n, i) for i in range(k, n + 1)) / 2**n) ** m


@mistake("a single model")
def one_model(k, n, m):
    from math import comb

    return sum(comb(n, i) for i in range(k, n + 1)) / 2**n


@mistake("more than k")
def off_by_one(k, n, m):
    from math import comb

    return 1 - (sum(comb(n, i) for i in range(k + 1)) / 2**n) ** m


@mistake("may be lucky together")
def times_m(k, n, m):
    from math import comb

    return m * sum(comb(n, i) for i in range(k, n + 1)) / 2**n


def judge(answer: Any) -> None:
    for k, n, m in ((3, 4, 2), (2, 3, 3), (0, 3, 2), (4, 4, 1), (5, 6, 3)):
        # Count the right answers of one model over all 2ⁿ tosses.
        counts = [sum(toss) for toss in product((0, 1), repeat=n)]
        reach = Fraction(sum(c >= k for c in counts), len(counts))
        beyond = Fraction(sum(c > k for c in counts), len(counts))
        causes = [(float(m * reach), "two models may be lucky together; adding counts them twice.")]
        if m > 1:
            causes += [
                (float(reach**m), "that is the chance that *all* of them reach k."),
                (float(reach), "that is the chance of a single model."),
            ]
        causes.append((float(1 - (1 - beyond) ** m), "that is the chance of more than k right."))
        number(
            called(answer, k, n, m, name="at_least"),
            float(1 - (1 - reach) ** m),
            causes=causes,
            name=f"at_least({k}, {n}, {m})",
        )
