"""Recurrent networks: read one token at a time, and remember.

Letters in the shapes: B texts, T tokens, d width of an input, u units of memory, V vocabulary.
"""

from typing import Any

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
        d, u = input_shape[-1], self.units
        self.kernel = self.add_weight((d, 4 * u), initializer="glorot_uniform", name="kernel")
        # Rotations keep the length of what they turn, step after step (Saxe et al., 2014).
        self.recurrent = self.add_weight((u, 4 * u), initializer="orthogonal", name="recurrent")
        self.bias = self.add_weight((4 * u,), initializer=_keep_at_first, name="bias")

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


def rnn_language_model(vocab_size: int, *, hidden_dim: int) -> keras.Model:
    """Return a recurrent network that scores the next token at every place, as GPT-2 does.

    Args:
        vocab_size: number of tokens, V.
        hidden_dim: width of an embedding, and units of the recurrent layer.

    Returns:
        A model from integers ``(B, T)`` to logits ``(B, T, V)``.
    """
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(vocab_size, hidden_dim)(tokens)  # (B, T, d)
    x = keras.layers.RNN(LSTMCell(hidden_dim), return_sequences=True)(x)  # (B, T, u)
    return keras.Model(tokens, keras.layers.Dense(vocab_size)(x))


def _keep_at_first(shape: Shape, dtype: str) -> Tensor:
    # A gate that starts open forgets little (Jozefowicz et al., 2015).
    zeros = ops.zeros(shape[0] // 4, dtype)
    return ops.concatenate([zeros, ops.ones_like(zeros), zeros, zeros])
