"""Where each weight lies in a published file: its name there, its shape there, and how it turns.

The published files hold PyTorch's arrays. A dense layer's matrix is ``(out, in)`` there and
``(in, out)`` here, except in GPT-2; a convolution's kernel is ``(out, in, height, width)``. BERT
and ViT have three arrays for queries, keys and values; here they are one. The layout follows from
the sizes alone, so a file can be checked, and weights counted, before any model is made.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from companion.models.config import AnyConfig, BertConfig, ClassifierConfig, GPT2Config, ViTConfig
from companion.models.families import FAMILIES
from companion.models.llama_config import LlamaConfig


@dataclass(frozen=True)
class Slot:
    """One weight of a model, and the arrays it is published as.

    Attributes:
        path: attributes and list places that lead to the weight, such as ``blocks.0.expand.bias``.
        names: the published arrays, which lie side by side along our last axis.
        shape: of each published array.
        axes: the order of the published axes that, read row by row, is our weight.
    """

    path: str
    names: tuple[str, ...]
    shape: tuple[int, ...]
    axes: tuple[int, ...]

    def join(self, arrays: list[np.ndarray]) -> np.ndarray:
        """Turn the published arrays into our weight, ``(units,)`` or ``(rows, units)``."""
        turned = [array.transpose(self.axes) for array in arrays]
        rows = [array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array for array in turned]
        return np.concatenate(rows, axis=-1)

    def split(self, weight: np.ndarray) -> list[np.ndarray]:
        """Turn our weight into the published arrays; undoes :meth:`join`."""
        turned = [self.shape[axis] for axis in self.axes]
        parts = np.split(weight, len(self.names), axis=-1)
        return [
            np.ascontiguousarray(part.reshape(turned).transpose(np.argsort(self.axes)))
            for part in parts
        ]


def slots(config: AnyConfig) -> list[Slot]:
    """List every weight of a model of these sizes, in the published layout."""
    if isinstance(config, GPT2Config):
        return list(_gpt2(config))
    return list(_bert(config) if isinstance(config, BertConfig) else _vit(config))


def count_parameters(config: AnyConfig | LlamaConfig) -> int:
    """Count a model's trained numbers without making any of them; a tied table counts once."""
    if isinstance(config, LlamaConfig):
        return config.num_parameters
    return sum(len(slot.names) * math.prod(slot.shape) for slot in slots(config))


def _gpt2(c: GPT2Config) -> Iterator[Slot]:
    d = c.hidden_dim
    yield _same("tokens.embeddings", "wte.weight", c.vocab_size, d)
    yield _same("positions.embeddings", "wpe.weight", c.max_sequence_length, d)
    yield from _blocks(c, "h", turned=False)
    yield from _norm("final_norm", "ln_f", d)


def _bert(c: BertConfig) -> Iterator[Slot]:
    d = c.hidden_dim
    for ours, theirs, rows in (
        ("tokens", "word", c.vocab_size),
        ("positions", "position", c.max_sequence_length),
        ("token_types", "token_type", c.num_token_types),
    ):
        yield _same(f"{ours}.embeddings", f"embeddings.{theirs}_embeddings.weight", rows, d)
    yield from _norm("embedding_norm", "embeddings.LayerNorm", d)
    yield from _blocks(c, "encoder.layer")
    if c.pooler:
        yield from _dense("pooler", ["pooler.dense"], d, d)
    yield from _classifier(c)


def _vit(c: ViTConfig) -> Iterator[Slot]:
    d, P, C = c.hidden_dim, c.patch_size, c.num_channels
    projection = "embeddings.patch_embeddings.projection"
    # (d, C, P, P) -> (P, P, C, d), the order in which PatchEmbedding reads a square
    yield Slot("patches.dense.kernel", (f"{projection}.weight",), (d, C, P, P), (2, 3, 1, 0))
    yield _same("patches.dense.bias", f"{projection}.bias", d)
    yield _same("class_token.embeddings", "embeddings.cls_token", 1, 1, d)
    yield _same("positions.embeddings", "embeddings.position_embeddings", 1, c.num_patches + 1, d)
    yield from _blocks(c, "encoder.layer")
    yield from _norm("final_norm", "layernorm", d)
    yield from _classifier(c)


def _blocks(c: AnyConfig, prefix: str, *, turned: bool = True) -> Iterator[Slot]:
    d, m = c.hidden_dim, c.intermediate_dim
    matrices = {
        "attention.qkv": (d, 3 * d),
        "attention.output_dense": (d, d),
        "expand": (d, m),
        "contract": (m, d),
    }
    for i in range(c.num_layers):
        for part, names in FAMILIES[type(c)].block.items():
            ours, theirs = f"blocks.{i}.{part}", [f"{prefix}.{i}.{name}" for name in names.split()]
            if part in matrices:
                yield from _dense(ours, theirs, *matrices[part], turned=turned)
            else:
                yield from _norm(ours, theirs[0], d)


def _classifier(c: ClassifierConfig) -> Iterator[Slot]:
    if c.num_classes:
        yield from _dense("classifier", ["classifier"], c.hidden_dim, c.num_classes)


def _same(path: str, name: str, *shape: int) -> Slot:
    return Slot(path, (name,), shape, tuple(range(len(shape))))


def _norm(ours: str, theirs: str, width: int) -> Iterator[Slot]:
    yield _same(f"{ours}.scale", f"{theirs}.weight", width)
    yield _same(f"{ours}.shift", f"{theirs}.bias", width)


def _dense(
    ours: str, theirs: list[str], inputs: int, outputs: int, *, turned: bool = True
) -> Iterator[Slot]:
    kernels, biases = (tuple(f"{name}.{kind}" for name in theirs) for kind in ("weight", "bias"))
    each = outputs // len(theirs)
    if turned:
        yield Slot(f"{ours}.kernel", kernels, (each, inputs), (1, 0))
    else:
        yield Slot(f"{ours}.kernel", kernels, (inputs, each), (0, 1))
    yield Slot(f"{ours}.bias", biases, (each,), (0,))
