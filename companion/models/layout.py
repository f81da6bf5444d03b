"""Where each weight lies in a published file: its name there, its shape there, and how it turns.

The published files hold PyTorch's arrays. A dense layer's matrix is ``(out, in)`` there and
``(in, out)`` here, except in GPT-2; a convolution's kernel is ``(out, in, height, width)``. BERT
and ViT have three arrays for queries, keys and values; here they are one. The layout follows from
the sizes alone, so a file can be checked before any model is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from companion.models.config import (
    BertConfig,
    ClassifierConfig,
    GPT2Config,
    TransformerConfig,
    ViTConfig,
)

AnyConfig = GPT2Config | BertConfig | ViTConfig

# What PyTorch puts before the names of a model that is compiled, or shared among devices.
WRAPPERS = r"\b(_orig_mod|\w*module)\."


@dataclass(frozen=True)
class Slot:
    """One weight of a model, and the arrays it is published as.

    Attributes:
        path: attributes and list places that lead to the weight, such as ``blocks.0.expand.bias``.
        names: the published arrays, which lie side by side along our last axis.
        shape: of each published array.
        axes: the order of the published axes that, read row by row, is our weight.
        ours: shape of each array here, its part of our weight.
    """

    path: str
    names: tuple[str, ...]
    shape: tuple[int, ...]
    axes: tuple[int, ...]
    ours: tuple[int, ...]

    def join(self, arrays: list[np.ndarray]) -> np.ndarray:
        """Turn the published arrays into our weight."""
        parts = [array.transpose(self.axes).reshape(self.ours) for array in arrays]
        return np.concatenate(parts, axis=-1)

    def split(self, weight: np.ndarray) -> list[np.ndarray]:
        """Turn our weight into the published arrays; undoes :meth:`join`."""
        turned = [self.shape[axis] for axis in self.axes]
        parts = np.split(weight, len(self.names), axis=-1)
        return [
            np.ascontiguousarray(part.reshape(turned).transpose(np.argsort(self.axes)))
            for part in parts
        ]


@dataclass(frozen=True)
class Names:
    """The naming habits of one family of files.

    Attributes:
        renamed: patterns of older or newer names, and what they are called in :func:`slots`.
        ignored: pattern of arrays that are no weights of the models here.
        tied: arrays that only repeat another one.
        prefix: what published names of the body start with.
        heads: pattern of names that go without the prefix.
    """

    renamed: tuple[tuple[str, str], ...]
    ignored: str
    tied: dict[str, str]
    prefix: str
    heads: str

    def canonical(self, name: str) -> str:
        """Return the name that :func:`slots` uses for a name found in a file."""
        name = re.sub(WRAPPERS, "", name)
        for pattern, replacement in self.renamed:
            name = re.sub(pattern, replacement, name)
        return name

    def published(self, name: str) -> str:
        """Return the name to write into a file."""
        return name if re.match(self.heads, name) else self.prefix + name


NAMES: dict[type[TransformerConfig], Names] = {
    GPT2Config: Names(
        renamed=((r"^transformer\.", ""),),
        # The causal mask was once stored with each block.
        ignored=r"h\.\d+\.attn\.(bias|masked_bias)$",
        tied={"lm_head.weight": "wte.weight"},
        prefix="transformer.",
        heads=r"lm_head\.",
    ),
    BertConfig: Names(
        # TensorFlow's names for scale and shift survive in the oldest files.
        renamed=((r"^bert\.", ""), (r"\.gamma$", ".weight"), (r"\.beta$", ".bias")),
        ignored=r"embeddings\.position_ids$|cls\.seq_relationship\.",
        tied={
            "cls.predictions.decoder.weight": "embeddings.word_embeddings.weight",
            "cls.predictions.decoder.bias": "cls.predictions.bias",
        },
        prefix="bert.",
        heads=r"(cls|classifier)\.",
    ),
    ViTConfig: Names(
        renamed=(
            (r"^vit\.", ""),
            (r"^layers\.", "encoder.layer."),
            (r"\.attention\.q_proj\.", ".attention.attention.query."),
            (r"\.attention\.k_proj\.", ".attention.attention.key."),
            (r"\.attention\.v_proj\.", ".attention.attention.value."),
            (r"\.attention\.o_proj\.", ".attention.output.dense."),
            (r"\.mlp\.fc1\.", ".intermediate.dense."),
            (r"\.mlp\.fc2\.", ".output.dense."),
        ),
        ignored=r"pooler\.dense\.",
        tied={},
        prefix="vit.",
        heads=r"classifier\.",
    ),
}


def slots(config: AnyConfig) -> list[Slot]:
    """List every weight of a model of these sizes, in the published layout.

    Args:
        config: the sizes.

    Returns:
        One slot a weight; together they have ``count_parameters(config)`` numbers.
    """
    if isinstance(config, GPT2Config):
        return _gpt2(config)
    return _bert(config) if isinstance(config, BertConfig) else _vit(config)


def _gpt2(c: GPT2Config) -> list[Slot]:
    d, m = c.hidden_dim, c.intermediate_dim
    found = [
        _same("tokens.table", "wte.weight", (c.vocab_size, d)),
        _same("positions.table", "wpe.weight", (c.max_sequence_length, d)),
        *_norm("final_norm", "ln_f", d),
    ]
    for i in range(c.num_layers):
        ours, theirs = f"blocks.{i}.", f"h.{i}."
        found += _norm(ours + "attention_norm", theirs + "ln_1", d)
        found += _norm(ours + "mlp_norm", theirs + "ln_2", d)
        for dense, conv1d, inputs, outputs in (
            ("attention.qkv", "attn.c_attn", d, 3 * d),
            ("attention.output_dense", "attn.c_proj", d, d),
            ("expand", "mlp.c_fc", d, m),
            ("contract", "mlp.c_proj", m, d),
        ):
            found += [
                _same(f"{ours}{dense}.kernel", f"{theirs}{conv1d}.weight", (inputs, outputs)),
                _same(f"{ours}{dense}.bias", f"{theirs}{conv1d}.bias", (outputs,)),
            ]
    return found


def _bert(c: BertConfig) -> list[Slot]:
    d = c.hidden_dim
    tables = (
        ("tokens", "word", c.vocab_size),
        ("positions", "position", c.max_sequence_length),
        ("token_types", "token_type", c.num_token_types),
    )
    found = [
        _same(f"{ours}.table", f"embeddings.{theirs}_embeddings.weight", (rows, d))
        for ours, theirs, rows in tables
    ]
    found += _norm("embedding_norm", "embeddings.LayerNorm", d)
    found += _encoder(c, "attention.self", "attention.output.LayerNorm", "output.LayerNorm")
    if c.pooler:
        found += _dense("pooler", ["pooler.dense"], d, d)
    if c.masked_lm:
        found += _dense("lm_dense", ["cls.predictions.transform.dense"], d, d)
        found += _norm("lm_norm", "cls.predictions.transform.LayerNorm", d)
        found += [_same("lm_bias", "cls.predictions.bias", (c.vocab_size,))]
    return found + _classifier(c)


def _vit(c: ViTConfig) -> list[Slot]:
    d, P, C, N = c.hidden_dim, c.patch_size, c.num_channels, c.num_patches
    projection = "embeddings.patch_embeddings.projection"
    return [
        # (d, C, P, P) -> (P, P, C, d), the order in which PatchEmbedding reads a square
        Slot(
            "patches.dense.kernel",
            (f"{projection}.weight",),
            (d, C, P, P),
            (2, 3, 1, 0),
            (P * P * C, d),
        ),
        _same("patches.dense.bias", f"{projection}.bias", (d,)),
        Slot("class_token.table", ("embeddings.cls_token",), (1, 1, d), (0, 1, 2), (1, d)),
        Slot(
            "positions.table",
            ("embeddings.position_embeddings",),
            (1, N + 1, d),
            (0, 1, 2),
            (N + 1, d),
        ),
        *_encoder(c, "attention.attention", "layernorm_before", "layernorm_after"),
        *_norm("final_norm", "layernorm", d),
        *_classifier(c),
    ]


def _classifier(c: ClassifierConfig) -> list[Slot]:
    if not c.num_classes:
        return []
    return _dense("classifier", ["classifier"], c.hidden_dim, c.num_classes)


def _encoder(c: TransformerConfig, heads: str, attention_norm: str, mlp_norm: str) -> list[Slot]:
    d, m = c.hidden_dim, c.intermediate_dim
    found = []
    for i in range(c.num_layers):
        ours, theirs = f"blocks.{i}.", f"encoder.layer.{i}."
        qkv = [f"{theirs}{heads}.{part}" for part in ("query", "key", "value")]
        found += _dense(ours + "attention.qkv", qkv, d, d)
        found += _dense(ours + "attention.output_dense", [theirs + "attention.output.dense"], d, d)
        found += _dense(ours + "expand", [theirs + "intermediate.dense"], d, m)
        found += _dense(ours + "contract", [theirs + "output.dense"], m, d)
        found += _norm(ours + "attention_norm", theirs + attention_norm, d)
        found += _norm(ours + "mlp_norm", theirs + mlp_norm, d)
    return found


def _same(path: str, name: str, shape: tuple[int, ...]) -> Slot:
    return Slot(path, (name,), shape, tuple(range(len(shape))), shape)


def _norm(ours: str, theirs: str, width: int) -> list[Slot]:
    return [
        _same(f"{ours}.scale", f"{theirs}.weight", (width,)),
        _same(f"{ours}.shift", f"{theirs}.bias", (width,)),
    ]


def _dense(ours: str, theirs: list[str], inputs: int, outputs: int) -> list[Slot]:
    kernels, biases = (tuple(f"{t}.{kind}" for t in theirs) for kind in ("weight", "bias"))
    return [
        Slot(f"{ours}.kernel", kernels, (outputs, inputs), (1, 0), (inputs, outputs)),
        Slot(f"{ours}.bias", biases, (outputs,), (0,), (outputs,)),
    ]
