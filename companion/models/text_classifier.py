"""Judge a text with BERT: the encoder, its pooled first token, and one more dense layer."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from companion.errors import CourseError
from companion.models.bert import Bert
from companion.models.config import BertConfig
from companion.models.layers import Shape, Tensor, saveable
from companion.models.transformer import Transformer


@saveable
class TextClassifier(Transformer):
    """One score a text, the log-odds of "yes" (Devlin et al., 2019, section 4.1).

    Args:
        config: the sizes of the encoder, which needs its pooler.
        padding: token id that fills short texts up; no token looks at it. None: no padding.

    Raises:
        CourseError: an encoder without its pooler.
    """

    config_type, title = BertConfig, "text classifier"

    def __init__(self, config: BertConfig, *, padding: int | None = None, **kwargs: Any) -> None:
        if not config.pooler:
            raise CourseError("A text classifier needs the encoder's BertConfig(pooler=True).")
        super().__init__(config, **kwargs)
        self.padding = padding
        self.encoder = Bert(config, dtype=self.dtype_policy.name)
        self.head = keras.layers.Dense(1, dtype=self.dtype_policy.name, name="head")
        self.build((None, config.max_sequence_length))

    def build(self, input_shape: Shape) -> None:
        """Make the weights of the head; the encoder has its own."""
        self.head.build((None, self.encoder.config.hidden_dim))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(B, 1)`` for tokens ``(B, T)``."""
        return input_shape[0], 1

    def get_config(self) -> dict[str, Any]:
        """Return what ``from_config`` makes the same model from, with new weights."""
        return super().get_config() | {"padding": self.padding}

    def call(self, token_ids: Tensor, training: bool = False) -> Tensor:
        """Map integers ``(B, T)`` to log-odds ``(B, 1)``."""
        mask = None if self.padding is None else token_ids != self.padding
        hidden = self.encoder(token_ids, attention_mask=mask, training=training)
        return self.head(self.encoder.pool(hidden))

    def scores(self, token_ids: NDArray[np.int32], batch_size: int = 1000) -> NDArray[np.float32]:
        """Return the log-odds of many texts, ``(texts,)``.

        Args:
            token_ids: shape ``(texts, T)``.
            batch_size: texts at once, which bounds the memory.
        """
        parts = range(0, len(token_ids), batch_size)
        return np.concatenate(
            [np.asarray(self(token_ids[start : start + batch_size]))[:, 0] for start in parts]
        )


def yes_no_loss(y: Tensor, log_odds: Tensor) -> Tensor:
    """Cross-entropy of 0-or-1 targets ``(B, 1)`` and log-odds ``(B, 1)``, one value a row."""
    return keras.losses.binary_crossentropy(y, log_odds, from_logits=True)
