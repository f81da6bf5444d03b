"""Bytes that a model keeps for the keys and values of its text."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import called, number, unlike


def cache_bytes(tokens, layers, heads, width, groups=None, latent=None, size=2):
    kept = 2 * (groups or heads) * width if latent is None else latent
    return tokens * layers * kept * size


@mistake("values are kept too")
def keys_only(tokens, layers, heads, width, groups=None, latent=None, size=2):
    kept = (groups or heads) * width if latent is None else latent
    return tokens * layers * kept * size


@mistake("every block")
def one_block(tokens, layers, heads, width, groups=None, latent=None, size=2):
    kept = 2 * (groups or heads) * width if latent is None else latent
    return tokens * kept * size


@mistake("keys and values of every head")
def no_groups(tokens, layers, heads, width, groups=None, latent=None, size=2):
    kept = 2 * heads * width if latent is None else latent
    return tokens * layers * kept * size


@mistake("serves for both")
def latent_twice(tokens, layers, heads, width, groups=None, latent=None, size=2):
    kept = 2 * (groups or heads) * width if latent is None else 2 * latent
    return tokens * layers * kept * size


@mistake("numbers, not bytes")
def not_bytes(tokens, layers, heads, width, groups=None, latent=None, size=2):
    kept = 2 * (groups or heads) * width if latent is None else latent
    return tokens * layers * kept


def judge(answer: Any) -> None:
    cases: list[tuple[int, int, int, int, int | None, int | None, int]] = [
        (1000, 12, 12, 64, None, None, 4),
        (7, 80, 64, 128, 8, None, 4),
        (500, 60, 128, 128, None, 576, 2),
        (3, 1, 4, 8, 1, None, 1),
    ]
    for tokens, layers, heads, width, groups, latent, size in cases:
        stored = 0  # counted block by block
        for _ in range(layers):
            if latent is not None:
                stored += tokens * latent
            else:
                for _ in range(heads if groups is None else groups):
                    stored += tokens * width + tokens * width
        right = stored * size
        every = tokens * layers * 2 * heads * width * size
        causes = unlike(
            right,
            (right / 2 if latent is None else -1, "values are kept too, not only keys."),
            (right / layers, "every block keeps its own."),
            (every if latent is None else -1, "that keeps keys and values of every head."),
            (2 * right if latent is not None else -1, "one squeezed vector serves for both."),
            (stored, "those are numbers, not bytes."),
        )
        given = (size,) if size != 2 else ()  # two is what a reader should have set
        number(
            called(
                answer, tokens, layers, heads, width, groups, latent, *given, name="cache_bytes"
            ),
            right,
            causes=causes,
            name=f"cache_bytes{(tokens, layers, heads, width, groups, latent, size)}",
        )
