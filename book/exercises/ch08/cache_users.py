"""Bytes of the cache of keys and values."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def cache_bytes(layers, kv_heads, head_width, tokens, users, size):
    return 2 * layers * kv_heads * head_width * tokens * users * size


@mistake("values are kept")
def keys(layers, kv_heads, head_width, tokens, users, size):
    return layers * kv_heads * head_width * tokens * users * size


@mistake("each user has")
def alone(layers, kv_heads, head_width, tokens, users, size):
    return 2 * layers * kv_heads * head_width * tokens * size


@mistake("every layer")
def layer(layers, kv_heads, head_width, tokens, users, size):
    return 2 * kv_heads * head_width * tokens * users * size


@mistake("scores are not kept")
def scores(layers, kv_heads, head_width, tokens, users, size):
    return layers * kv_heads * tokens**2 * users * size


def judge(answer: Any) -> None:
    for case in ((80, 8, 128, 4096, 16, 2), (4, 2, 8, 10, 3, 4)):
        layers, heads, width, tokens, users, size = case
        # One number for each layer, head, column and token of each user, twice.
        right = sum(2 * heads * width * size for _ in range(layers)) * tokens * users
        number(
            called(answer, *case, name="cache_bytes"),
            right,
            causes=[
                (right / 2, "values are kept as well as keys."),
                (right / users, "each user has a text of their own."),
                (right / layers, "every layer keeps its own."),
                (
                    layers * heads * tokens**2 * users * size,
                    "scores are not kept; keys and values are.",
                ),
            ],
            name="cache_bytes",
        )
