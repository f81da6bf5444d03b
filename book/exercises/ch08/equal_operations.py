"""The inner width with which a changed block costs what GPT-2's costs."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number, unlike


def inner_width(d, heads, groups, gated, experts=1, chosen=1):
    attention = 2 * d * d + 2 * d * groups * (d // heads)
    router = d * experts if experts > 1 else 0
    unit = (3 if gated else 2) * d * chosen
    return (12 * d * d - attention - router) // unit


@mistake("a gate adds a third matrix")
def no_gate(d, heads, groups, gated, experts=1, chosen=1):
    attention = 2 * d * d + 2 * d * groups * (d // heads)
    router = d * experts if experts > 1 else 0
    return (12 * d * d - attention - router) // (2 * d * chosen)


@mistake("only the chosen ones work")
def all_experts(d, heads, groups, gated, experts=1, chosen=1):
    attention = 2 * d * d + 2 * d * groups * (d // heads)
    router = d * experts if experts > 1 else 0
    return (12 * d * d - attention - router) // ((3 if gated else 2) * d * experts)


@mistake("what the groups save")
def old_attention(d, heads, groups, gated, experts=1, chosen=1):
    router = d * experts if experts > 1 else 0
    return (8 * d * d - router) // ((3 if gated else 2) * d * chosen)


@mistake("router works too")
def no_router(d, heads, groups, gated, experts=1, chosen=1):
    attention = 2 * d * d + 2 * d * groups * (d // heads)
    return (12 * d * d - attention) // ((3 if gated else 2) * d * chosen)


def judge(answer: Any) -> None:
    cases = [
        (32, 4, 4, False, 1, 1),
        (32, 4, 4, True, 1, 1),
        (32, 4, 1, False, 1, 1),
        (32, 4, 4, False, 8, 2),
        (64, 8, 2, True, 16, 4),
        (48, 6, 3, False, 2, 1),
    ]
    for d, heads, groups, gated, experts, chosen in cases:

        def fits(
            m: int,
            attention: int | None = None,
            matrices: int | None = None,
            working: int | None = None,
            routed: bool = True,
            case: Any = (d, heads, groups, gated, experts, chosen),
        ) -> bool:
            """Whether a block with that inner width has no more than GPT-2's weights."""
            d, heads, groups, gated, experts, chosen = case
            shared = 2 * d * d + 2 * (d * groups * d // heads)
            active = shared if attention is None else attention
            active += (working or chosen) * (matrices or (3 if gated else 2)) * d * m
            active += d * experts if experts > 1 and routed else 0
            return bool(active <= 12 * d * d)

        def widest(**change: Any) -> int:
            return max(m for m in range(12 * d) if fits(m, **change))  # noqa: B023

        given = (experts, chosen) if experts > 1 else ()  # else what the reader set
        right = widest()
        causes = unlike(
            right,
            (widest(matrices=2), "a gate adds a third matrix."),
            (widest(working=experts), "only the chosen ones work for a token."),
            (widest(attention=4 * d * d), "what the groups save belongs to the inner layer."),
            (widest(routed=False), "the router works too."),
        )
        number(
            called(answer, d, heads, groups, gated, *given, name="inner_width"),
            right,
            causes=causes,
            name=f"inner_width{(d, heads, groups, gated, experts, chosen)}",
        )
