"""The engine gives TensorFlow's gradients and those of finite differences, and refuses misuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from companion.autodiff import Tensor
from companion.errors import CourseError

# Ours and TensorFlow's way to write the same function of two arrays, and the arrays' shapes.
Function = Callable[..., Any]
CASES: dict[str, tuple[Function, Function, tuple[int, ...], tuple[int, ...]]] = {
    "add": (lambda a, b: a + b, lambda a, b: a + b, (3, 4), (3, 4)),
    "add_row": (lambda a, b: a + b, lambda a, b: a + b, (3, 4), (4,)),
    "add_column": (lambda a, b: a + b, lambda a, b: a + b, (3, 1), (3, 4)),
    "add_outer": (lambda a, b: a + b, lambda a, b: a + b, (5, 1, 4), (3, 1)),
    "add_number": (lambda a, b: 2.5 + a + b, lambda a, b: 2.5 + a + b, (), (2, 3)),
    "subtract": (lambda a, b: 1 - a - b, lambda a, b: 1 - a - b, (3, 4), (1, 4)),
    "multiply": (lambda a, b: 3 * a * b, lambda a, b: 3 * a * b, (2, 3, 4), (3, 1)),
    "divide": (lambda a, b: a / b, lambda a, b: a / b, (3, 4), (4,)),
    "divide_number": (lambda a, b: 2 / a + b / 3, lambda a, b: 2 / a + b / 3, (3,), (3,)),
    "power": (lambda a, b: a**3 + b**-0.5, lambda a, b: a**3 + b**-0.5, (3,), (2, 3)),
    "power_zero": (lambda a, b: a**0 * b, lambda a, b: a**0 * b, (3,), (3,)),
    "negate": (lambda a, b: -a * b, lambda a, b: -a * b, (3,), (3,)),
    "matmul": (lambda a, b: a @ b, lambda a, b: a @ b, (3, 4), (4, 2)),
    "matmul_batch": (lambda a, b: a @ b, lambda a, b: a @ b, (5, 3, 4), (5, 4, 2)),
    "matmul_shared": (lambda a, b: a @ b, lambda a, b: tf.matmul(a, b), (5, 3, 4), (4, 2)),
    "matmul_one_row": (lambda a, b: a @ b, lambda a, b: a @ b, (1, 4), (4, 1)),
    "sum_all": (lambda a, b: a.sum() * b, lambda a, b: tf.reduce_sum(a) * b, (3, 4), (2,)),
    "sum_rows": (lambda a, b: a.sum(0) * b, lambda a, b: tf.reduce_sum(a, 0) * b, (3, 4), (4,)),
    "sum_two_axes": (
        lambda a, b: a.sum((0, 2)) * b,
        lambda a, b: tf.reduce_sum(a, (0, 2)) * b,
        (2, 3, 4),
        (3,),
    ),
    "mean_all": (lambda a, b: a.mean() * b, lambda a, b: tf.reduce_mean(a) * b, (3, 4), (2,)),
    "mean_kept": (
        lambda a, b: a.mean(-1, keepdims=True) * b,
        lambda a, b: tf.reduce_mean(a, -1, keepdims=True) * b,
        (3, 4),
        (3, 5),
    ),
    "exp": (lambda a, b: a.exp() * b, lambda a, b: tf.exp(a) * b, (3, 4), (4,)),
    "log": (lambda a, b: a.log() * b, lambda a, b: tf.math.log(a) * b, (3, 4), (4,)),
    "tanh": (lambda a, b: (a - 1).tanh() * b, lambda a, b: tf.tanh(a - 1) * b, (3, 4), (4,)),
    "relu": (lambda a, b: (a - b).relu() * b, lambda a, b: tf.nn.relu(a - b) * b, (3, 4), (4,)),
    "sigmoid": (
        lambda a, b: (a - 1).sigmoid() * b,
        lambda a, b: tf.sigmoid(a - 1) * b,
        (3, 4),
        (4,),
    ),
    "log_softmax": (
        lambda a, b: a.log_softmax() * b,
        lambda a, b: tf.nn.log_softmax(a) * b,
        (3, 4),
        (3, 4),
    ),
    "reshape": (
        lambda a, b: a.reshape(2, 6) * b,
        lambda a, b: tf.reshape(a, (2, 6)) * b,
        (3, 4),
        (2, 6),
    ),
    "reshape_one_axis": (
        lambda a, b: a.reshape(2, 6) * b,
        lambda a, b: tf.reshape(a, (2, 6)) * b,
        (12,),
        (6,),
    ),
    "swapaxes": (
        lambda a, b: a.swapaxes() * b,
        lambda a, b: tf.transpose(a, (0, 2, 1)) * b,
        (2, 3, 4),
        (2, 4, 3),
    ),
    "swapaxes_chosen": (
        lambda a, b: a.swapaxes(0, 1) * b,
        lambda a, b: tf.transpose(a, (1, 0, 2)) * b,
        (2, 3, 4),
        (3, 2, 4),
    ),
    "used_twice": (lambda a, b: a * a * b + a, lambda a, b: a * a * b + a, (3, 4), (4,)),
    "added_to_itself": (lambda a, b: a + a + b, lambda a, b: a + a + b, (3,), (3,)),
    "left_array": (
        lambda a, b: np.full((2, 3), 0.5) @ a * b,
        lambda a, b: np.full((2, 3), 0.5) @ a * b,
        (3, 4),
        (4,),
    ),
}
each = pytest.mark.parametrize("name", CASES)


def drawn(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Draw arrays between 0.5 and 2, inside the domain of every operator, away from kinks."""
    rng = np.random.default_rng(0)
    return [np.asarray(rng.uniform(0.5, 2.0, shape)) for shape in shapes]


def weighed(result: Any, total: Function) -> Any:
    """Reduce to one number with unequal weights, so that a permuted gradient shows."""
    shape = result.data.shape if isinstance(result, Tensor) else tuple(result.shape)
    return total(result * np.sin(1.0 + np.arange(np.prod(shape, dtype=int))).reshape(shape))


def differences(value: Callable[[], float], array: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Central differences of a number by each entry of an array, which is moved in place."""
    slopes = np.zeros_like(array)
    for i in np.ndindex(array.shape):
        kept = array[i]
        array[i] = kept + h
        above = value()
        array[i] = kept - h
        slopes[i] = (above - value()) / (2 * h)
        array[i] = kept
    return slopes


@each
def test_operator_agrees_with_tensorflow(name: str) -> None:
    ours, theirs, *shapes = CASES[name]
    arrays = drawn(*shapes)
    tensors, variables = [Tensor(x) for x in arrays], [tf.Variable(x) for x in arrays]
    result = ours(*tensors)
    weighed(result, Tensor.sum).backward()
    with tf.GradientTape() as tape:
        expected = theirs(*variables)
        loss = weighed(expected, tf.reduce_sum)
    np.testing.assert_allclose(result.data, expected, rtol=0, atol=1e-10)
    for tensor, gradient in zip(tensors, tape.gradient(loss, variables), strict=True):
        assert tensor.grad.shape == tensor.data.shape
        # TensorFlow has no gradient where a cancels out, as in a**0; ours is zero.
        right = np.zeros(tensor.data.shape) if gradient is None else gradient
        np.testing.assert_allclose(tensor.grad, right, rtol=0, atol=1e-10)


@each
def test_operator_agrees_with_finite_differences(name: str) -> None:
    ours, _, *shapes = CASES[name]
    tensors = [Tensor(x) for x in drawn(*shapes)]

    def value() -> Tensor:
        return weighed(ours(*tensors), Tensor.sum)

    value().backward()
    for tensor, grad in [(tensor, tensor.grad) for tensor in tensors]:
        slopes = differences(lambda: float(value().data), tensor.data)
        np.testing.assert_allclose(grad, slopes, rtol=1e-6, atol=1e-7)


def network(X: np.ndarray, onehot: np.ndarray, parameters: list[Tensor]) -> Tensor:
    W1, b1, W2, b2 = parameters
    logits = (X @ W1 + b1).tanh() @ W2 + b2
    return -(logits.log_softmax() * onehot).sum(-1).mean()


def classes() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Draw 60 points in three classes that no line separates, and small starting weights."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((60, 2))
    labels = np.digitize(np.hypot(X[:, 0], X[:, 1]), [0.8, 1.4])
    shapes = [(2, 8), (8,), (8, 3), (3,)]
    return X, np.eye(3)[labels], [0.5 * rng.standard_normal(shape) for shape in shapes]


def test_network_with_cross_entropy_agrees_with_tensorflow() -> None:
    X, onehot, start = classes()
    parameters, variables = [Tensor(x) for x in start], [tf.Variable(x) for x in start]
    loss = network(X, onehot, parameters)
    loss.backward()
    with tf.GradientTape() as tape:
        W1, b1, W2, b2 = variables
        logits = tf.tanh(X @ W1 + b1) @ W2 + b2
        expected = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(onehot, logits))
    np.testing.assert_allclose(loss.data, expected, rtol=0, atol=1e-10)
    for parameter, gradient in zip(parameters, tape.gradient(expected, variables), strict=True):
        np.testing.assert_allclose(parameter.grad, gradient, rtol=0, atol=1e-10)


def test_network_learns_what_no_line_separates() -> None:
    X, onehot, start = classes()
    parameters = [Tensor(x) for x in start]
    losses = []
    for _ in range(400):
        loss = network(X, onehot, parameters)
        loss.backward()
        losses.append(float(loss.data))
        for parameter in parameters:
            parameter.data -= 2.0 * parameter.grad
    assert losses[0] > 0.9
    assert losses[-1] < 0.2


def test_deep_chain_needs_no_recursion() -> None:
    x = Tensor(1.0)
    y = x
    for _ in range(3000):
        y = y * 1.001
    y.backward()
    assert float(x.grad) == pytest.approx(1.001**3000, rel=1e-10)


def test_many_paths_are_walked_once() -> None:
    """Forty steps with two ways each make 2^40 paths; to walk each of them would not end."""
    x = Tensor(1.0)
    y = x
    for _ in range(40):
        y = 3 * y + y
    y.backward()
    assert float(x.grad) == 4.0**40


def test_a_second_backward_starts_afresh() -> None:
    x = Tensor([1.0, 2.0])
    y = (x * x).sum()
    y.backward()
    y.backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    (3 * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])


def test_slope_of_relu_at_zero_is_zero() -> None:
    x = Tensor([-1.0, 0.0, 1.0])
    x.relu().sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.0, 1.0])


def test_large_values_do_not_overflow() -> None:
    x = Tensor([[1000.0, 0.0, -1000.0]])
    (x.log_softmax() * np.array([0.0, 1.0, 0.0])).sum().backward()
    np.testing.assert_allclose(x.grad, [[-1.0, 1.0, 0.0]], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(x.sigmoid().data, [[1.0, 0.5, 0.0]])


def test_a_tensor_keeps_its_own_copy() -> None:
    given = np.ones(2)
    x = Tensor(given)
    x.data -= 1
    np.testing.assert_array_equal(given, [1.0, 1.0])


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (Tensor(2), "Tensor(2., shape=(), op='leaf')"),
        (
            Tensor([[1.0], [2.0]]) @ Tensor([[0.5, 1 / 3]]),
            "Tensor([[0.5    0.3333]\n        [1.     0.6667]], shape=(2, 2), op='@')",
        ),
        (Tensor([0.0, 1.0]).exp(), "Tensor([1.     2.7183], shape=(2,), op='exp')"),
        (Tensor(np.ones((3, 2))).sum(0), "Tensor([3. 3.], shape=(2,), op='sum')"),
        (Tensor(3.0) ** 2, "Tensor(9., shape=(), op='**')"),
        (Tensor(3.0) * 2 + 1, "Tensor(7., shape=(), op='+')"),
    ],
)
def test_a_tensor_shows_its_value_its_shape_and_what_made_it(tensor: Tensor, text: str) -> None:
    assert repr(tensor) == text


@pytest.mark.parametrize("op", ["exp", "log", "tanh", "relu", "sigmoid", "swapaxes", "sum"])
def test_an_operation_is_called_by_its_name(op: str) -> None:
    assert getattr(Tensor(np.ones((2, 2))), op)().op == op


def test_a_large_tensor_is_shown_in_part() -> None:
    text = repr(Tensor(np.zeros((100, 100))))
    assert "..." in text
    assert len(text) < 500


@pytest.mark.parametrize(
    ("misuse", "words"),
    [
        (lambda: (Tensor([1.0, 2.0]) * 2).backward(), r"\(2,\)"),
        (lambda: Tensor(np.ones((3, 2))) + np.ones((3, 4)), r"\(3, 4\)"),
        (lambda: np.ones(5) * Tensor(np.ones(4)), r"\(5,\)"),
        (lambda: Tensor(np.ones((3, 2))) @ np.ones((3, 2)), r"\(3, 2\)"),
        (lambda: Tensor(np.ones(2)) @ np.ones((2, 2)), r"\(2,\)"),
        (lambda: Tensor(np.ones((2, 2))) @ np.ones(2), r"\(2,\)"),
        (lambda: Tensor(np.ones((2, 3, 4))) @ np.ones((5, 4, 3)), "broadcast"),
        (lambda: Tensor(2.0) ** Tensor(3.0), "power"),
        (lambda: Tensor("three"), "three"),
        (lambda: Tensor([[1.0], [1.0, 2.0]]), "rows"),
        (lambda: Tensor(1.0) + None, "None"),
        (lambda: Tensor(1j), "1j"),
    ],
)
def test_misuse_is_explained(misuse: Callable[[], Any], words: str) -> None:
    with pytest.raises(CourseError, match=words):
        misuse()
