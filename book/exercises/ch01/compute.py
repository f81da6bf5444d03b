"""The model that a budget of operations and a number of tokens a weight allow."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def weights(operations, tokens_per_weight):
    return (operations / (6 * tokens_per_weight)) ** 0.5


@mistake("grows with the tokens a weight")
def upside_down(operations, tokens_per_weight):
    return (operations * tokens_per_weight / 6) ** 0.5


@mistake("no root")
def without_root(operations, tokens_per_weight):
    return operations / (6 * tokens_per_weight)


@mistake("tokens, not the weights")
def tokens(operations, tokens_per_weight):
    return tokens_per_weight * (operations / (6 * tokens_per_weight)) ** 0.5


@mistake("six operations")
def one_operation(operations, tokens_per_weight):
    return (operations / tokens_per_weight) ** 0.5


def judge(answer: Any) -> None:
    for N, ratio in ((70e9, 20.0), (1e6, 2.0), (3e8, 100.0)):
        operations = 2 * N * (ratio * N) + 4 * N * (ratio * N)  # forward, backward
        number(
            called(answer, operations, ratio, name="weights"),
            N,
            causes=[
                (
                    N * ratio,
                    "that is the number of tokens, not the weights, or it grows with the "
                    "tokens a weight; more text for each leaves fewer weights.",
                ),
                (N * N, "there is no root: the work grows with the square of the weights."),
                (N * 6**0.5, "each weight and token needs six operations, not one."),
            ],
            rtol=1e-4,
            name="weights",
        )
