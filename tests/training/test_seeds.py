"""Many networks at once are what each would be alone, and what Keras trains."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from companion.errors import CourseError
from companion.models import article_mlp
from companion.training import train, train_stack
from companion.training.seeds import _start

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((2, 64, 8)), RNG.standard_normal((2, 64))


def test_a_stack_trains_as_keras_does() -> None:
    """With one batch an epoch the order of the rows cannot matter."""
    stack = train_stack(X, Y, seeds=[3, 5], epochs=20, batch_size=64)
    first, *_ = _start([np.random.default_rng(s) for s in (3, 5)], 1, 8)
    for arm in range(2):
        for number in range(2):
            model = article_mlp()
            weights = [w.numpy()[number] for w in first]
            model.set_weights([w[0] if i % 2 else w for i, w in enumerate(weights)])
            adam = keras.optimizers.Adam()
            train(model, X[arm], Y[arm], epochs=20, batch_size=64, optimizer=adam)
            said = np.asarray(model(X[arm]))[:, 0]
            np.testing.assert_allclose(stack.predict(X)[arm, number], said, atol=2e-4)


def test_an_arm_does_not_see_the_others() -> None:
    both = train_stack(X, Y, seeds=range(3), epochs=2, batch_size=32).predict(X)
    alone = train_stack(X[1:], Y[1:], seeds=range(3), epochs=2, batch_size=32).predict(X[1:])
    assert both.shape == (2, 3, 64)
    np.testing.assert_allclose(both[1:], alone, atol=1e-4)


def test_the_seed_decides() -> None:
    runs = [train_stack(X[:1], Y[:1], seeds=[s], epochs=1).predict(X[0]) for s in (1, 1, 2)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert np.abs(runs[0] - runs[2]).max() > 1e-2


@pytest.mark.parametrize(("x", "y"), [(X[0], Y[0]), (X, Y[:1]), (X[:, :9], Y[:, :9])])
def test_wrong_shapes_are_one_sentence(x: np.ndarray, y: np.ndarray) -> None:
    with pytest.raises(CourseError, match="arms, rows, columns"):
        train_stack(x, y, seeds=[0])
