"""The bytes of a cache of keys and values, with heads that share them."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def cache_bytes(blocks, heads, head_width, tokens, bytes_each):
    return 2 * blocks * heads * head_width * tokens * bytes_each


@mistake("values, too")
def keys_only(blocks, heads, head_width, tokens, bytes_each):
    return blocks * heads * head_width * tokens * bytes_each


@mistake("each block")
def one_block(blocks, heads, head_width, tokens, bytes_each):
    return 2 * heads * head_width * tokens * bytes_each


@mistake("table of all scores")
def scores(blocks, heads, head_width, tokens, bytes_each):
    return 2 * blocks * heads * head_width * tokens**2 * bytes_each


@mistake("each head")
def one_head(blocks, heads, head_width, tokens, bytes_each):
    return 2 * blocks * head_width * tokens * bytes_each


def judge(answer: Any) -> None:
    for blocks, heads, head_width, tokens, size in ((3, 5, 4, 7, 4), (32, 8, 128, 1000, 2)):
        given = (blocks, heads, head_width, tokens, size)
        numbers = 0
        for _ in range(blocks):
            numbers += (heads * head_width + heads * head_width) * tokens
        causes = [
            (numbers * size / 2, "each token leaves a key; count the values, too."),
            (numbers * size / blocks, "each block has a cache of its own."),
            (numbers * size * tokens, "no table of all scores is kept, only keys and values."),
            (numbers * size / heads, "each head has keys and values of its own."),
        ]
        got = called(answer, *given, name="cache_bytes")
        number(got, numbers * size, causes=causes, unit="bytes", name=f"cache_bytes{given}")
