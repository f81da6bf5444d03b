"""Call what the reader wrote, and bring what it gives into one form."""

import copy
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from companion.exercises.registry import ToDo, Wrong

LARGEST_ARRAY = 10_000_000


def called(function: Any, *arguments: Any, name: str = "Your function") -> Any:
    """Call the reader's function on copies; return what it gives, made :func:`plain`.

    Args:
        function: the answer.
        arguments: what to call it with.
        name: its name in messages.

    Raises:
        Wrong: no function, ``None`` returned, or an argument changed in place.
        ToDo: it returned ``...``, as the stub does.
    """
    if function is ...:
        raise ToDo
    if not callable(function):
        raise Wrong(f"{name} should be a function; it is of type {type(function).__name__}.")
    given = copy.deepcopy(arguments)
    result = plain(function(*given))
    if result is ...:
        raise ToDo
    if result is None:
        raise Wrong(f"{name} returned None; is a `return` missing?")
    for i, (before, after) in enumerate(zip(arguments, given, strict=True), start=1):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True):
            raise Wrong(f"{name} changes its argument {i} in place; work on a copy.")
    return result


def raises(function: Callable[..., Any], *arguments: Any) -> bool:
    """Tell whether the reader's function refuses these arguments with an exception."""
    try:
        function(*copy.deepcopy(arguments))
    except Exception:
        return True
    return False


def plain(value: Any) -> Any:
    """Return the same answer in one form, so that no judge asks by which library it was made.

    A generator becomes a list, a tensor an array, an array or tensor without a shape its one entry.
    """
    if isinstance(value, Iterator):
        value = list(itertools.islice(value, LARGEST_ARRAY))
    elif hasattr(value, "__array__"):
        value = np.asarray(value)[()]
    return value


def several(value: Any, names: Sequence[str], *, name: str = "Your function") -> tuple[Any, ...]:
    """Return the values of an answer that should hold one for each name, as a tuple, list or array.

    Raises:
        Wrong: it holds another number of them; says which they should be.
    """
    listed = hasattr(value, "__len__") and not isinstance(value, str | bytes | dict | set)
    if not listed or len(value) != len(names):
        raise Wrong(f"{name} should return {len(names)} values: {', '.join(names)}.")
    return tuple(value)


def truth(value: Any, *, name: str = "Your function") -> bool:
    """Return an answer that should be true or false; a 0 or 1 is neither."""
    if not isinstance(value, bool | np.bool_):
        raise Wrong(f"{name} should return True or False; it returned {repr(value)[:60]}.")
    return bool(value)
