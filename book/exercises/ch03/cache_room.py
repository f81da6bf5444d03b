"""How long a conversation fits beside the weights."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number


def longest(memory, weights, blocks, kv_heads, width, streams):
    token = 2 * blocks * kv_heads * width * 2
    return (memory - 2 * weights) // (token * streams)


@mistake("keys and values")
def keys_alone(memory, weights, blocks, kv_heads, width, streams):
    return (memory - 2 * weights) // (blocks * kv_heads * width * 2 * streams)


@mistake("each stream")
def one_cache(memory, weights, blocks, kv_heads, width, streams):
    return (memory - 2 * weights) // (2 * blocks * kv_heads * width * 2)


@mistake("weights take room")
def no_weights(memory, weights, blocks, kv_heads, width, streams):
    return memory // (2 * blocks * kv_heads * width * 2 * streams)


@mistake("two bytes")
def numbers_for_bytes(memory, weights, blocks, kv_heads, width, streams):
    return (memory - weights) // (2 * blocks * kv_heads * width * streams)


@mistake("weights stand in memory once")
def copied_weights(memory, weights, blocks, kv_heads, width, streams):
    return (memory // streams - 2 * weights) // (2 * blocks * kv_heads * width * 2)


def judge(answer: Any) -> None:
    for memory, weights, blocks, heads, width, streams in (
        (16 * 2**30, 7_241_732_096, 32, 8, 128, 4),
        (2**30, 134_515_008, 30, 3, 64, 3),
    ):
        room = memory - 2 * weights
        token = blocks * heads * width * 4
        causes = [
            (room // (token // 2 * streams), "both keys and values are kept."),
            (room // token, "each stream has a cache of its own."),
            (memory // (token * streams), "the weights take room, too."),
            ((memory - weights) // (token // 2 * streams), "each number has two bytes."),
            ((memory // streams - 2 * weights) // token, "the weights stand in memory once."),
        ]
        found = called(answer, memory, weights, blocks, heads, width, streams, name="longest")
        number(found, room // (token * streams), causes=causes, name="longest")
