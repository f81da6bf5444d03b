"""The largest rank of adapters that a budget of numbers allows."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number, unlike


def largest_rank(shapes, budget):
    affordable = budget // sum(a + b for a, b in shapes)
    useful = max(min(shape) for shape in shapes)
    return useful if affordable > useful else affordable


@mistake("matrices themselves")
def whole_matrices(shapes, budget):
    sides = sum(a * b for a, b in shapes)
    return min(budget // sides, max(min(shape) for shape in shapes))


@mistake("only A")
def first_only(shapes, budget):
    sides = sum(a for a, _ in shapes)
    return min(budget // sides, max(min(shape) for shape in shapes))


@mistake("shortest side")
def without_limit(shapes, budget):
    return budget // sum(a + b for a, b in shapes)


@mistake("smallest matrix")
def smallest_limit(shapes, budget):
    sides = sum(a + b for a, b in shapes)
    return min(budget // sides, min(min(shape) for shape in shapes))


@mistake("whole number")
def fraction(shapes, budget):
    sides = sum(a + b for a, b in shapes)
    return min(budget / sides, max(min(shape) for shape in shapes))


def judge(answer: Any) -> None:
    cases = (
        ([(8, 8), (8, 4)], 90, 3),  # 28 numbers a rank
        ([(6, 10)], 79, 4),
        ([(6, 10), (3, 9), (5, 5)], 76, 2),
        ([(3, 40), (40, 7)], 100_000, 7),  # the second matrix can use 7, and nobody more
        ([(5, 7)], 11, 0),
    )
    for shapes, budget, right in cases:
        limit = max(min(shape) for shape in shapes)
        sides = sum(a + b for a, b in shapes)
        causes = unlike(
            right,
            (budget // sides, "no matrix can use a rank above its shortest side."),
            (
                min(budget // sum(a * b for a, b in shapes), limit),
                "that counts the matrices themselves; an adapter has r (a + b) numbers.",
            ),
            (
                min(budget // sum(a for a, _ in shapes), limit),
                "that counts only A; B has r b numbers.",
            ),
            (
                min(budget // sides, min(min(shape) for shape in shapes)),
                "that is the limit of the smallest matrix; a larger one can use more.",
            ),
            (min(budget / sides, limit), "a rank is a whole number; round down."),
        )
        number(
            called(answer, list(shapes), budget, name="largest_rank"),
            right,
            causes=causes,
            name=f"largest_rank of {shapes} for {budget} numbers",
        )
