"""How many tokens to draft."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def best_length(accepted, cost, longest):
    def speed(n):
        return sum(accepted**k for k in range(n + 1)) / (1 + n * cost)

    return max(range(longest + 1), key=speed)


@mistake("drafts cost time")
def free(accepted, cost, longest):
    return longest


@mistake("here drafting pays")
def never(accepted, cost, longest):
    return 0


@mistake("one token of its own")
def without_last(accepted, cost, longest):
    def speed(n):
        return sum(accepted**k for k in range(1, n + 1)) / (1 + n * cost)

    return max(range(longest + 1), key=speed)


@mistake("drafts cost time")
def all_accepted(accepted, cost, longest):
    def speed(n):
        return (1 + n * accepted) / (1 + n * cost)

    return max(range(longest + 1), key=speed)


def judge(answer: Any) -> None:
    cases = ((0.8, 0.1, 12), (0.6, 0.05, 12), (0.3, 0.5, 12), (0.9, 0.2, 12), (0.95, 0.01, 5))
    for accepted, cost, longest in cases:
        speeds = []
        for n in range(longest + 1):
            # One token is sure; the k-th draft counts if all before it were accepted.
            tokens, chain = 1.0, 1.0
            for _ in range(n):
                chain *= accepted
                tokens += chain
            speeds.append(tokens / (1 + n * cost))
        right = speeds.index(max(speeds))
        span = range(longest + 1)
        sums = [sum(accepted**k for k in range(1, n + 1)) / (1 + n * cost) for n in span]
        causes = [
            (longest, "drafts cost time, too."),
            (0, "here drafting pays."),
            (sums.index(max(sums)), "the target always adds one token of its own."),
        ]
        number(
            called(answer, accepted, cost, longest, name="best_length"),
            right,
            causes=[cause for cause in causes if cause[0] != right],
            name="best_length",
        )
