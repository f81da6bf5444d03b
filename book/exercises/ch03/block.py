"""Count the weights of a block of GPT-2."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def block(d):
    return 12 * d**2 + 13 * d


@mistake("biases")
def no_biases(d):
    return 12 * d**2 + 4 * d


@mistake("layer norms")
def no_norms(d):
    return 12 * d**2 + 9 * d


@mistake("two layer norms")
def one_norm(d):
    return 12 * d**2 + 11 * d


@mistake("4 * d")
def narrow_mlp(d):
    return 6 * d**2 + 10 * d


@mistake("output layer")
def no_output(d):
    return 11 * d**2 + 12 * d


@mistake("rule of thumb")
def rule_of_thumb(d):
    return 12 * d**2


def judge(answer: Any) -> None:
    def weights(d: int, *, inner: int, parts: int = 4, bias: int = 1, norms: int = 2) -> int:
        shapes = [(d, d)] * parts + [(d, inner), (inner, d)]
        return sum(a * b + bias * b for a, b in shapes) + norms * 2 * d

    for d in (768, 10, 1, 7):
        number(
            called(answer, d, name="block"),
            weights(d, inner=4 * d),
            causes=[
                (weights(d, inner=4 * d, bias=0), "the biases are missing."),
                (weights(d, inner=4 * d, norms=0), "the layer norms are missing."),
                (weights(d, inner=4 * d, norms=1), "there are two layer norms."),
                (weights(d, inner=d), "the perceptron is 4 * d wide inside."),
                (weights(d, inner=4 * d, parts=3), "attention has an output layer too."),
                (
                    weights(d, inner=4 * d, bias=0, norms=0),
                    "that is the rule of thumb 12 d²; count biases and norms as well.",
                ),
            ],
            name=f"block({d})",
        )
