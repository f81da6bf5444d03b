"""Reverse-mode automatic differentiation over NumPy arrays, small enough to read whole.

Each operation remembers its operands and a pull-back for each: the function that takes the gradient
of the result back to it. ``backward`` walks from the result to the leaves and adds up what arrives.
After micrograd (A. Karpathy, 2020), which has single numbers where this has float64 arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.errors import CourseError

Array = NDArray[np.float64]
Axis = int | tuple[int, ...] | None
Function = Callable[..., Any]


def _elementwise(op: str, function: Function, slope: Function) -> Callable[[Tensor], Tensor]:
    """Make a method from a function of each value; its slope may use the input and the output."""

    def apply(x: Tensor) -> Tensor:
        y = function(x.data)
        return Tensor(y, (x, lambda g: g * slope(x.data, y)), op=op)

    return apply


class Tensor:
    """An array that remembers how it was made.

    ``data`` is a copy of what was given. ``grad``, of the same shape, is the derivative by ``data``
    of the number that ``backward`` was last called on. ``op`` names what made it, and ``sources``
    pairs operands with pull-backs; a leaf, such as a weight, has none. What cannot be computed
    raises a :class:`CourseError`.
    """

    __array_ufunc__ = None  # so that NumPy leaves `array * tensor` to Tensor.__rmul__

    def __init__(self, data: Any, *sources: tuple[Tensor, Function], op: str = "leaf") -> None:
        try:
            self.data: Array = np.asarray(data).astype(np.float64, casting="same_kind")
        except (TypeError, ValueError):
            raise CourseError(f"A Tensor holds numbers in equal rows, not {data!r:.60}.") from None
        self.grad, self.sources, self.op = np.zeros_like(self.data), sources, op
        self.depth: int = 1 + max((source.depth for source, _ in sources), default=0)

    def __repr__(self) -> str:
        value = np.array2string(self.data, precision=4, threshold=20, prefix="Tensor(")
        return f"Tensor({value}, shape={self.data.shape}, op={self.op!r})"

    def backward(self) -> None:
        """Set ``grad`` of every tensor that this one number was made from; old values go."""
        if self.data.size != 1:
            shape = self.data.shape
            raise CourseError(f"backward() starts at one number, not at {shape}; take sum() first.")
        reached, stack = {self}, [self]
        while stack:
            new = {source for source, _ in stack.pop().sources} - reached
            reached |= new
            stack += new
        for node in reached:
            node.grad = np.full_like(node.data, node is self)
        # From deep to shallow, a topological order: a gradient is complete before it flows on.
        for node in sorted(reached, key=lambda tensor: tensor.depth, reverse=True):
            for source, pull in node.sources:
                source.grad = source.grad + _summed_to(pull(node.grad), source.data.shape)

    def __add__(self, other: Any) -> Tensor:
        b = _tensor(other, self.data.shape)
        return Tensor(self.data + b.data, (self, lambda g: g), (b, lambda g: g), op="+")

    def __mul__(self, other: Any) -> Tensor:
        a, b = self, _tensor(other, self.data.shape)
        return Tensor(a.data * b.data, (a, lambda g: g * b.data), (b, lambda g: g * a.data), op="*")

    def __matmul__(self, other: Any) -> Tensor:
        a, b = self, _tensor(other, self.data.shape, 2)
        if min(a.data.ndim, b.data.ndim) < 2 or a.data.shape[-1] != b.data.shape[-2]:
            raise CourseError(f"@ takes (n, d) and (d, k), not {a.data.shape} and {b.data.shape}.")
        to_a = (a, lambda g: g @ b.data.swapaxes(-1, -2))
        to_b = (b, lambda g: a.data.swapaxes(-1, -2) @ g)
        return Tensor(a.data @ b.data, to_a, to_b, op="@")

    def __pow__(self, power: float) -> Tensor:
        if not isinstance(power, int | float):
            raise CourseError(f"A power should be a number such as 2, not {power!r:.60}.")
        pull = (self, lambda g: g * power * self.data ** (power - 1.0))
        return Tensor(self.data**power, pull, op="**")

    def __neg__(self) -> Tensor:
        return self * -1.0

    def __sub__(self, other: Any) -> Tensor:
        return self + _tensor(other) * -1.0

    def __rsub__(self, other: Any) -> Tensor:
        return _tensor(other) - self

    def __truediv__(self, other: Any) -> Tensor:
        return self * _tensor(other) ** -1.0

    def __rtruediv__(self, other: Any) -> Tensor:
        return _tensor(other) / self

    def __rmatmul__(self, other: Any) -> Tensor:
        return _tensor(other) @ self

    __radd__, __rmul__ = __add__, __mul__
    exp = _elementwise("exp", np.exp, lambda x, y: y)
    log = _elementwise("log", np.log, lambda x, y: 1 / x)
    tanh = _elementwise("tanh", np.tanh, lambda x, y: 1 - y**2)
    relu = _elementwise("relu", lambda x: np.maximum(x, 0), lambda x, y: x > 0)  # slope 0 at 0
    sigmoid = _elementwise(
        "sigmoid", lambda x: 0.5 + 0.5 * np.tanh(x / 2), lambda x, y: y * (1 - y)
    )

    def log_softmax(self) -> Tensor:
        """Return the log of the softmax along the last axis; cross-entropy picks from it."""
        z: Tensor = self - self.data.max(-1, keepdims=True)  # the same for a whole row: it cancels
        return z - z.exp().sum(-1, keepdims=True).log()

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the sum of all values, or along an axis or axes."""
        kept = self.data.sum(axis, keepdims=True)
        total = kept if keepdims else kept.squeeze(axis)
        pull = (self, lambda g: g.reshape(kept.shape) + np.zeros_like(self.data))
        return Tensor(total, pull, op="sum")

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the mean of all values, or along an axis or axes."""
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)

    def reshape(self, *shape: int) -> Tensor:
        """Return the same values in another shape."""
        pull = (self, lambda g: g.reshape(self.data.shape))
        return Tensor(self.data.reshape(shape), pull, op="reshape")

    def swapaxes(self, a: int = -1, b: int = -2) -> Tensor:
        """Return the tensor with two axes swapped: of a matrix, the transpose."""
        return Tensor(self.data.swapaxes(a, b), (self, lambda g: g.swapaxes(a, b)), op="swapaxes")


def _tensor(value: Any, fitting: tuple[int, ...] = (), core: int = 0) -> Tensor:
    """Wrap an operand; its axes, but for the last ``core``, should broadcast to ``fitting``."""
    made = value if isinstance(value, Tensor) else Tensor(value)
    try:
        np.broadcast_shapes(made.data.shape[: -core or None], fitting[: -core or None])
    except ValueError:
        raise CourseError(f"Shapes {fitting} and {made.data.shape} do not broadcast.") from None
    return made


def _summed_to(grad: Array, shape: tuple[int, ...]) -> Array:
    """Undo broadcasting: a value that was copied receives the sum over its copies."""
    new = grad.ndim - len(shape)
    copied = [i for i in range(grad.ndim) if i < new or shape[i - new] == 1]
    return np.asarray(grad.sum(tuple(copied))).reshape(shape)
