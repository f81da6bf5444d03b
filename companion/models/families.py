"""How GPT-2, BERT and ViT are published: the words of their ``config.json`` and of their files."""

import re
from dataclasses import dataclass
from typing import Any

from companion.models.config import AnyConfig, BertConfig, GPT2Config, ViTConfig

# What PyTorch puts before the names of a model that is compiled, or shared among devices.
WRAPPERS = r"\b(_orig_mod|\w*module)\."


@dataclass(frozen=True)
class Family:
    """The habits of one family of published models.

    Attributes:
        kind: its ``model_type``.
        config: our sizes.
        keys: our name of a size to the published ones, of which the first is read.
        settings: published settings that the models here stand for.
        block: our name of each part of a block to the published one; three for three arrays that
            are one here.
        renamed: patterns of older or newer names of arrays, and what they are called in ``block``.
        ignored: pattern of arrays that are no weights of the models here.
        tied: arrays that only repeat another one.
        prefix: what names of the body start with where there is a head.
    """

    kind: str
    config: type[AnyConfig]
    keys: dict[str, str]
    settings: dict[str, Any]
    block: dict[str, str]
    renamed: tuple[tuple[str, str], ...]
    ignored: str
    tied: dict[str, str]
    prefix: str

    def canonical(self, name: str) -> str:
        """Return the one name that we use for an array's name found in a file."""
        name = re.sub(WRAPPERS, "", name)
        for pattern, replacement in self.renamed:
            name = re.sub(pattern, replacement, name)
        return name

    def published(self, name: str) -> str:
        """Return the name to write into a file of a model with a head."""
        return name if name.startswith("classifier.") else self.prefix + name


_ENCODER_KEYS = {
    "num_layers": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "hidden_dim": "hidden_size",
    "intermediate_dim": "intermediate_size",
    "dropout": "hidden_dropout_prob attention_probs_dropout_prob",
    "layer_norm_epsilon": "layer_norm_eps",
}
_GPT2 = Family(
    kind="gpt2",
    config=GPT2Config,
    keys={
        "vocab_size": "vocab_size",
        "max_sequence_length": "n_positions",
        "num_layers": "n_layer",
        "num_heads": "n_head",
        "hidden_dim": "n_embd",
        "intermediate_dim": "n_inner",
        "dropout": "resid_pdrop attn_pdrop embd_pdrop",
        "layer_norm_epsilon": "layer_norm_epsilon",
    },
    settings={
        "activation_function": "gelu_new",
        "add_cross_attention": False,
        "scale_attn_by_inverse_layer_idx": False,
        "scale_attn_weights": True,
        "tie_word_embeddings": True,
    },
    block={
        "attention_norm": "ln_1",
        "attention.qkv": "attn.c_attn",
        "attention.output_dense": "attn.c_proj",
        "mlp_norm": "ln_2",
        "expand": "mlp.c_fc",
        "contract": "mlp.c_proj",
    },
    renamed=((r"^transformer\.", ""),),
    # The causal mask was once stored with each block.
    ignored=r"h\.\d+\.attn\.(bias|masked_bias)$",
    tied={"lm_head.weight": "wte.weight"},
    prefix="transformer.",
)
_BERT = Family(
    kind="bert",
    config=BertConfig,
    keys={
        "vocab_size": "vocab_size",
        "max_sequence_length": "max_position_embeddings",
        "num_token_types": "type_vocab_size",
        **_ENCODER_KEYS,
    },
    settings={
        "hidden_act": "gelu",
        "add_cross_attention": False,
        "is_decoder": False,
        "position_embedding_type": "absolute",
        "tie_word_embeddings": True,
    },
    block={
        "attention.qkv": "attention.self.query attention.self.key attention.self.value",
        "attention.output_dense": "attention.output.dense",
        "attention_norm": "attention.output.LayerNorm",
        "expand": "intermediate.dense",
        "contract": "output.dense",
        "mlp_norm": "output.LayerNorm",
    },
    # TensorFlow's names for scale and shift survive in the oldest files.
    renamed=((r"^bert\.", ""), (r"\.gamma$", ".weight"), (r"\.beta$", ".bias")),
    # The heads of its first training guess hidden words and next sentences.
    ignored=r"embeddings\.position_ids$|cls\.(?!predictions\.decoder\.weight)",
    tied={"cls.predictions.decoder.weight": "embeddings.word_embeddings.weight"},
    prefix="bert.",
)
_VIT = Family(
    kind="vit",
    config=ViTConfig,
    keys={
        "image_size": "image_size",
        "patch_size": "patch_size",
        "num_channels": "num_channels",
        **_ENCODER_KEYS,
    },
    settings={"hidden_act": "gelu", "qkv_bias": True},
    block={
        "attention_norm": "layernorm_before",
        "attention.qkv": (
            "attention.attention.query attention.attention.key attention.attention.value"
        ),
        "attention.output_dense": "attention.output.dense",
        "mlp_norm": "layernorm_after",
        "expand": "intermediate.dense",
        "contract": "output.dense",
    },
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
)
FAMILIES = {family.config: family for family in (_GPT2, _BERT, _VIT)}
