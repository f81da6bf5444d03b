"""The small parts of a transformer: dense layers and tables that begin small, GELU, norms."""

import math
from typing import Any, Literal, TypeAlias

import keras
from keras import ops

Tensor: TypeAlias = Any
"""A tensor of the backend; the comments give its shape, for the type cannot."""

Shape: TypeAlias = tuple[Any, ...]
"""Sizes; None for one that is not known until the call."""

Gelu = Literal["exact", "tanh"]

saveable = keras.saving.register_keras_serializable("companion")
"""Lets Keras find a class again by its name when it loads or copies a model."""


def same_shape(layer: keras.layers.Layer, input_shape: Shape) -> Shape:
    """Return the shape of the input: the ``compute_output_shape`` of layers that keep it."""
    return input_shape


def normal_dense(
    units: int, dtype: str, *, stddev: float = 0.02, name: str | None = None
) -> keras.layers.Dense:
    """Return a dense layer whose matrix begins with normal numbers, its bias with zeros."""
    normal = keras.initializers.RandomNormal(stddev=stddev)
    return keras.layers.Dense(units, kernel_initializer=normal, dtype=dtype, name=name)


def plain_dense(units: int, stddev: float, dtype: str, name: str) -> keras.layers.Dense:
    """Return a dense layer without bias; zeros if ``stddev`` is 0."""
    first = keras.initializers.RandomNormal(stddev=stddev) if stddev else "zeros"
    return keras.layers.Dense(
        units, use_bias=False, kernel_initializer=first, dtype=dtype, name=name
    )


@saveable
def normal_rows(shape: Shape, dtype: str | None = None) -> Tensor:
    """Return normal numbers, with which a table of embeddings begins; each table has its own."""
    return keras.initializers.RandomNormal(stddev=0.02)(shape, dtype)


def gelu(x: Tensor, form: Gelu = "exact") -> Tensor:
    """Return ``x`` times the chance that a standard normal number is below ``x``.

    Args:
        x: any shape.
        form: ``"exact"`` (BERT, ViT) or ``"tanh"``, the approximation that GPT-2 was trained with
            (Hendrycks & Gimpel, 2016). They differ by up to 5e-4: enough to spoil a copy.
    """
    if form == "exact":
        return 0.5 * x * (1 + ops.erf(x / math.sqrt(2)))
    return 0.5 * x * (1 + ops.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@saveable
class LayerNorm(keras.layers.Layer):
    """Give each token mean 0 and variance 1 over its units, then a learned scale and shift.

    Ba, Kiros & Hinton (2016), eq. 4. In half precision the mean and the variance are still taken
    in float32: a sum of hundreds of squares loses too much otherwise.

    Args:
        epsilon: added to the variance.
    """

    compute_output_shape = same_shape

    def __init__(self, epsilon: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape: Shape) -> None:
        """Make the scale and the shift, ``(d,)`` each."""
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")
        self.shift = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="shift")

    def call(self, x: Tensor) -> Tensor:
        """Return the shape of ``x``."""
        x32 = ops.cast(x, "float32")
        centred = x32 - ops.mean(x32, axis=-1, keepdims=True)
        variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
        normal = ops.cast(centred * ops.rsqrt(variance + self.epsilon), x.dtype)
        return normal * self.scale + self.shift


@saveable
class RMSNorm(keras.layers.Layer):
    """Give each token the root mean square 1 over its units, then a learned scale.

    Zhang & Sennrich (2019), eq. 4: a layer norm without mean and shift. In half precision the mean
    square is still taken in float32.

    Args:
        epsilon: added to the mean square.
    """

    compute_output_shape = same_shape

    def __init__(self, epsilon: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape: Shape) -> None:
        """Make the scale ``(d,)``."""
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")

    def call(self, x: Tensor) -> Tensor:
        """Return the shape of ``x``."""
        x32 = ops.cast(x, "float32")
        square = ops.mean(ops.square(x32), axis=-1, keepdims=True)
        return ops.cast(x32 * ops.rsqrt(square + self.epsilon), x.dtype) * self.scale
