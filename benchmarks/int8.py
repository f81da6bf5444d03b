"""SmolLM2 with eight-bit weights in LiteRT: one step as a program that runs alone.

Writing one text means reading every weight for every token, so a quarter of the bytes should save
time. The products of the program hold their weights as int8, with a scale for each row, and round
their inputs as they come. Keys and values of earlier tokens go in, those of the new token come out:
the program itself remembers nothing.

Letters in the shapes: L blocks, k heads of keys, S places, e width of a head, V vocabulary.
"""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from companion.models.llama import Llama, LlamaBlock
from companion.models.llama_attention import Turn, rotate

EMPTY = -1e9  # added to the score of a place that nothing has filled yet


def exported(model: Llama, room: int, *, rounded: bool = True) -> bytes:
    """Return one step of a model as the content of a ``.tflite`` file.

    Args:
        model: its weights are copied into the file.
        room: most tokens of a text, S.
        rounded: products with int8 weights; else everything in single precision.
    """
    c = model.config
    shapes = {
        "token": (1,),
        "place": (1,),
        "keys": (c.num_layers, c.num_kv_heads, c.head_dim, room),  # as the product wants them
        "values": (c.num_layers, c.num_kv_heads, room, c.head_dim),
    }
    kinds = dict.fromkeys(shapes, tf.float32) | {"token": tf.int32, "place": tf.int32}
    specs = [tf.TensorSpec(shape, kinds[name], name) for name, shape in shapes.items()]
    step = tf.function(partial(_step, model), autograph=False).get_concrete_function(*specs)
    # Handed over alone, without what its variables belong to: so the file holds their values.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([step])
    if rounded:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return bytes(converter.convert())


def _step(model: Llama, token: Any, place: Any, keys: Any, values: Any) -> dict[str, Any]:
    """Score what follows one token, ``(V,)``; and its keys and values, ``(L, 2, k, e)``."""
    waiting = tf.where(tf.range(keys.shape[-1]) < place[0], 0.0, EMPTY)
    table = model.tokens.embeddings
    x, turn, new = tf.gather(table, token), model.turn(place[0], 1), []
    # One unpacking for all blocks: LiteRT takes ten times as long to slice one after the other.
    for block, k, v in zip(model.blocks, tf.unstack(keys), tf.unstack(values), strict=True):
        x, kept = _block(block, x, turn, k, v, waiting)
        new.append(kept)
    # As the layer itself multiplies, the converter would turn the table anew for each token.
    logits = tf.matmul(model.final_norm(x), table, transpose_b=True)
    return {"logits": logits[0], "new": tf.stack(new)}


def _block(
    block: LlamaBlock, x: Any, turn: Turn, keys: Any, values: Any, waiting: Any
) -> tuple[Any, Any]:
    """Send one token ``(1, d)`` through a block; return it, and its keys and values."""
    heads, room, width = values.shape
    normed, attention = block.attention_norm(x), block.attention
    q = rotate(tf.reshape(attention.query(normed), (heads, -1, 1, width)), turn)[:, :, 0]
    k = rotate(tf.reshape(attention.key(normed), (heads, 1, width)), turn)
    v = tf.reshape(attention.value(normed), (heads, 1, width))
    q /= math.sqrt(width)  # (k, queries that share a key, e)
    own = tf.reduce_sum(q * k, axis=-1, keepdims=True)
    weights = tf.nn.softmax(tf.concat([q @ keys + waiting, own], axis=-1))
    mixed = weights[..., :room] @ values + weights[..., room:] * v
    x = x + attention.output_dense(tf.reshape(mixed, (1, -1)))
    return x + block.mlp(block.mlp_norm(x)), tf.stack([k[:, 0], v[:, 0]])


class Program:
    """A step that runs, with the keys and values of one text.

    Args:
        content: from :func:`exported`.
        threads: that share a product.
    """

    def __init__(self, content: bytes, threads: int = 1) -> None:
        self._run = Interpreter(model_content=content, num_threads=threads)
        self._run.allocate_tensors()
        self._at = {part["name"]: part["index"] for part in self._run.get_input_details()}
        outputs = sorted(self._run.get_output_details(), key=lambda part: len(part["shape"]))
        self._logits, self._new = (part["index"] for part in outputs)
        empty = (np.zeros_like(self._run.get_tensor(self._at[name])) for name in ("keys", "values"))
        self._keys, self._values = empty

    def read(self, token: int, place: int) -> NDArray[np.float32]:
        """Read one token, which stands at a place of the text; return the logits ``(V,)``."""
        given = {"keys": self._keys, "values": self._values}
        given |= {"token": np.array([token], np.int32), "place": np.array([place], np.int32)}
        for name, value in given.items():
            self._run.set_tensor(self._at[name], value)
        self._run.invoke()
        new = self._run.get_tensor(self._new)
        self._keys[..., place], self._values[:, :, place] = new[:, 0], new[:, 1]
        logits: NDArray[np.float32] = self._run.get_tensor(self._logits)
        return logits

    def write(self, prompt: list[int], number: int) -> list[int]:
        """Return a prompt and the likeliest tokens after it."""
        ids = list(prompt)
        for place, token in enumerate(prompt):
            logits = self.read(token, place)
        while len(ids) < len(prompt) + number:
            ids.append(int(logits.argmax()))
            if len(ids) < len(prompt) + number:
                logits = self.read(ids[-1], len(ids) - 1)
        return ids

    def bits(self, ids: list[int]) -> float:
        """Return what a text costs after its first token, in bits, all tokens together."""
        total = 0.0
        for place, (token, following) in enumerate(pairwise(ids)):
            logits = self.read(token, place).astype(float)
            total += np.logaddexp.reduce(logits) - logits[following]
        return total / math.log(2)
