"""Proofs that a check is worth its name: judge sources, and mutants of the solution."""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from companion.exercises import limits
from companion.exercises.engine import judged
from companion.exercises.registry import Exercise, get, ids
from tools.exercise_pages import solution

_SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.Lt: (ast.GtE,),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.LtE,),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.USub: (ast.UAdd,),
}
MUTANT_SECONDS = 1.0


def judge(made: Exercise, source: str) -> tuple[str, str]:
    """Run an answer's source and judge what it defines; nothing is remembered.

    Args:
        made: the exercise.
        source: our own code from a page or a file, or a mutant of it; never a reader's file.

    Returns:
        State and message, as :func:`companion.exercises.check` gives them.
    """
    namespace: dict[str, Any] = {"np": np, "__name__": "answer"}
    try:
        limits.limited(lambda: exec(compile(source, "<answer>", "exec"), namespace))
    except limits.TooSlow:
        return "error", "The source itself did not end."
    except Exception as error:
        return "error", f"{type(error).__name__}: {error}"
    return judged(made, namespace[solution(made).name])


def mutants(source: str) -> Iterator[str]:
    """Yield the source with one small change each: an operator, a constant, a name, a statement."""
    tree = ast.parse(source)
    count = sum(1 for _ in ast.walk(tree))
    seen = {ast.unparse(tree)}
    for position in range(count):
        for variant in range(3):
            mutant = copy.deepcopy(tree)
            node = next(n for i, n in enumerate(ast.walk(mutant)) if i == position)
            if _change(mutant, node, variant):
                text = ast.unparse(ast.fix_missing_locations(mutant))
                if text not in seen:
                    seen.add(text)
                    yield text


def surviving(made: Exercise) -> tuple[list[str], int]:
    """Return the mutants of the solution that pass, and how many there were."""
    before, limits.SECONDS = limits.SECONDS, MUTANT_SECONDS
    try:
        tried = list(mutants(solution(made).source))
        alive = [text for text in tried if judge(made, text)[0] == "pass"]
    finally:
        limits.SECONDS = before
    return alive, len(tried)


def _change(tree: ast.AST, node: ast.AST, variant: int) -> bool:
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        return _swap(node, "op", variant)
    if isinstance(node, ast.Compare):
        choices = _SWAPS.get(type(node.ops[0]), ())
        if variant < len(choices):
            node.ops[0] = choices[variant]()  # type: ignore[call-overload]
        return variant < len(choices)
    if isinstance(node, ast.Constant):
        return _constant(node, variant)
    if isinstance(node, ast.Call) and variant < 2:
        return _call(node, variant)
    if isinstance(node, ast.FunctionDef | ast.For | ast.If | ast.While) and len(node.body) > 1:
        droppable = [s for s in node.body if not isinstance(s, ast.Return) and not _docstring(s)]
        if variant < len(droppable):
            node.body.remove(droppable[variant])
        return variant < len(droppable)
    return False


def _swap(node: ast.BinOp | ast.UnaryOp, field: str, variant: int) -> bool:
    choices = _SWAPS.get(type(getattr(node, field)), ())
    if variant < len(choices):
        setattr(node, field, choices[variant]())
        return True
    # The operands of a sum or a product may change places; that would be no mistake.
    ordered = isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Mult)
    if ordered and isinstance(node, ast.BinOp) and variant == len(choices):
        node.left, node.right = node.right, node.left
        return True
    return False


def _constant(node: ast.Constant, variant: int) -> bool:
    if isinstance(node.value, bool):
        node.value = not node.value
        return variant == 0
    if isinstance(node.value, int | float) and variant < 2:
        node.value = node.value + 1 if variant == 0 else -node.value
        return True
    return False


def _call(node: ast.Call, variant: int) -> bool:
    """Swap the first two arguments, or drop the last keyword."""
    if variant == 0 and len(node.args) >= 2:
        node.args[0], node.args[1] = node.args[1], node.args[0]
        return True
    if variant == 1 and node.keywords:
        node.keywords.pop()
        return True
    return False


def _docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def main() -> int:
    """Print, for each exercise, how many mutants of its solution the judge catches."""
    caught = total = 0
    for made in map(get, ids()):
        alive, count = surviving(made)
        caught, total = caught + count - len(alive), total + count
        print(f"{made.id:32} {count - len(alive):4} of {count:4}", flush=True)
        for text in alive:
            print("   passes: " + text.replace("\n", "\n           "))
    print(f"{'all':32} {caught:4} of {total:4} = {100 * caught / max(total, 1):.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
