"""Recurrent networks: read one token at a time, and remember.

Letters in the shapes: B texts, T tokens, d width of an input, u units of memory, V vocabulary.
"""

from __future__ import annotations

from typing import Any, Literal

import keras
from keras import ops

from companion.models.layers import Shape, Tensor, saveable


@saveable
class LSTMCell(keras.layers.Layer):
    """One step of long short-term memory (Hochreiter & Schmidhuber, 1997; Gers et al., 2000).

    The memory changes by forgetting and adding, not by a matrix product; so what is kept, and its
    gradient, passes many steps unharmed. ``keras.layers.RNN(LSTMCell(u))`` reads whole texts.

    Args:
        units: numbers to remember, u.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.output_size, self.state_size = units, [units, units]

    def build(self, input_shape: Shape) -> None:
        """Make the weights of all four gates for inputs ``(B, d)``."""
        self.kernel, self.recurrent = _matrices(self, input_shape[-1], 4 * self.units)
        self.bias = self.add_weight(
            shape=(4 * self.units,), initializer=_keep_at_first, name="bias"
        )

    def call(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Take one step.

        Args:
            x: inputs ``(B, d)``.
            states: output and memory of the step before, ``(B, u)`` each.

        Returns:
            The output ``(B, u)``, and the new states.
        """
        h, c = states
        z = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent) + self.bias  # (B, 4u)
        write, keep, new, read = ops.split(z, 4, axis=-1)  # (B, u) each
        c = ops.sigmoid(keep) * c + ops.sigmoid(write) * ops.tanh(new)
        h = ops.sigmoid(read) * ops.tanh(c)
        return h, [h, c]


@saveable
class GRUCell(keras.layers.Layer):
    """One step of the gated recurrent unit (Cho et al., 2014), in the form that cuDNN computes.

    One gate both keeps the old and lets in the new, so three matrices do instead of four.

    Args:
        units: numbers to remember, u.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = self.output_size = self.state_size = units

    def build(self, input_shape: Shape) -> None:
        """Make the weights of both gates and of the new values for inputs ``(B, d)``."""
        self.kernel, self.recurrent = _matrices(self, input_shape[-1], 3 * self.units)
        self.bias = self.add_weight(shape=(2, 3 * self.units), initializer="zeros", name="bias")

    def call(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Take one step: inputs ``(B, d)`` and the output before ``(B, u)`` to a new output."""
        h = states[0]
        from_x = ops.matmul(x, self.kernel) + self.bias[0]  # (B, 3u)
        from_h = ops.matmul(h, self.recurrent) + self.bias[1]  # (B, 3u)
        keep_x, reset_x, new_x = ops.split(from_x, 3, axis=-1)  # (B, u) each
        keep_h, reset_h, new_h = ops.split(from_h, 3, axis=-1)
        keep = ops.sigmoid(keep_x + keep_h)
        new = ops.tanh(new_x + ops.sigmoid(reset_x + reset_h) * new_h)
        h = keep * h + (1 - keep) * new
        return h, [h]


CELLS: dict[str, type[keras.layers.Layer]] = {"lstm": LSTMCell, "gru": GRUCell}


def rnn_language_model(
    vocab_size: int, *, hidden_dim: int, cell: Literal["lstm", "gru"] = "lstm"
) -> keras.Model:
    """Return a recurrent network that scores the next token at every place, as GPT-2 does.

    Args:
        vocab_size: number of tokens, V.
        hidden_dim: width of an embedding, and units of the recurrent layer.
        cell: ``"lstm"`` or ``"gru"``.

    Returns:
        A model from integers ``(B, T)`` to logits ``(B, T, V)``.
    """
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(vocab_size, hidden_dim)(tokens)  # (B, T, d)
    x = keras.layers.RNN(CELLS[cell](hidden_dim), return_sequences=True)(x)  # (B, T, u)
    return keras.Model(tokens, keras.layers.Dense(vocab_size)(x))


def _keep_at_first(shape: Shape, dtype: str) -> Tensor:
    # A gate that starts open forgets little (Jozefowicz et al., 2015).
    zeros = ops.zeros(shape[0] // 4, dtype)
    return ops.concatenate([zeros, ops.ones_like(zeros), zeros, zeros])


def _matrices(layer: keras.layers.Layer, inputs: int, outputs: int) -> tuple[Any, Any]:
    kernel = layer.add_weight(shape=(inputs, outputs), initializer="glorot_uniform", name="kernel")
    # Rotations keep the length of what they turn, step after step (Saxe et al., 2014).
    recurrent = layer.add_weight(
        shape=(layer.units, outputs), initializer="orthogonal", name="recurrent"
    )
    return kernel, recurrent
