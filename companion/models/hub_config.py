"""The published ``config.json``, read into our sizes and written from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from companion.errors import CourseError
from companion.models.config import BertConfig, ClassifierConfig, GPT2Config, ViTConfig
from companion.models.layout import AnyConfig


@dataclass(frozen=True)
class _Family:
    """How one family writes its sizes, and the settings that its models here stand for."""

    config: type[AnyConfig]
    keys: dict[str, str]  # our name: the published one
    settings: dict[str, Any]


_ENCODER_KEYS = {
    "num_layers": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "hidden_dim": "hidden_size",
    "intermediate_dim": "intermediate_size",
    "dropout": "hidden_dropout_prob",
    "layer_norm_epsilon": "layer_norm_eps",
}
_FAMILIES = {
    "gpt2": _Family(
        GPT2Config,
        {
            "vocab_size": "vocab_size",
            "max_sequence_length": "n_positions",
            "num_layers": "n_layer",
            "num_heads": "n_head",
            "hidden_dim": "n_embd",
            "intermediate_dim": "n_inner",
            "dropout": "resid_pdrop",
            "layer_norm_epsilon": "layer_norm_epsilon",
        },
        {
            "activation_function": "gelu_new",
            "add_cross_attention": False,
            "scale_attn_by_inverse_layer_idx": False,
            "scale_attn_weights": True,
            "tie_word_embeddings": True,
        },
    ),
    "bert": _Family(
        BertConfig,
        {
            "vocab_size": "vocab_size",
            "max_sequence_length": "max_position_embeddings",
            "num_token_types": "type_vocab_size",
            **_ENCODER_KEYS,
        },
        {
            "hidden_act": "gelu",
            "add_cross_attention": False,
            "is_decoder": False,
            "position_embedding_type": "absolute",
            "tie_word_embeddings": True,
        },
    ),
    "vit": _Family(
        ViTConfig,
        {
            "image_size": "image_size",
            "patch_size": "patch_size",
            "num_channels": "num_channels",
            **_ENCODER_KEYS,
        },
        {"hidden_act": "gelu", "qkv_bias": True},
    ),
}


def parse_config(published: Any) -> AnyConfig:
    """Read the sizes out of a published configuration.

    Args:
        published: the parsed ``config.json``. Sizes that it leaves out have the published
            default. Its one dropout for hidden units serves for attention weights too.

    Returns:
        The sizes. Which heads there are is not in the file, but shows in the weights; a classifier
        has the classes named here, or two.

    Raises:
        CourseError: another kind of model, a setting that the models here do not have, sizes that
            make no model, or labels that do not name each class.
    """
    kind = published.get("model_type") if isinstance(published, dict) else None
    if not isinstance(kind, str) or kind not in _FAMILIES:
        raise CourseError(
            f"config.json describes a model of type {kind!r}; the course reads "
            f"{', '.join(map(repr, _FAMILIES))}."
        )
    family = _FAMILIES[kind]
    for key, needed in family.settings.items():
        if published.get(key, needed) != needed:
            raise CourseError(
                f"config.json sets {key} to {published[key]!r}; the course's {kind} has {needed!r}."
            )
    if "TokenClassification" in str(published.get("architectures")):
        raise CourseError(
            "config.json describes a classifier of single tokens; the course reads those of whole "
            "texts and images."
        )
    sizes = {ours: published[key] for ours, key in family.keys.items() if key in published}
    if kind == "gpt2" and sizes.get("intermediate_dim") is None:
        sizes["intermediate_dim"] = 4 * sizes.get("hidden_dim", GPT2Config().hidden_dim)
    if issubclass(family.config, ClassifierConfig):
        sizes |= _classes(published)
    return family.config(**sizes)


def _classes(published: dict[str, Any]) -> dict[str, Any]:
    names = published.get("id2label")
    if not names:
        return {"num_classes": published.get("num_labels", 2)}
    if not isinstance(names, dict) or names.keys() != {str(i) for i in range(len(names))}:
        raise CourseError(
            f"config.json's id2label should name the classes '0' to 'K - 1'; it is {names!r:.80}."
        )
    labels = tuple(names[str(i)] for i in range(len(names)))
    return {"num_classes": len(labels), "labels": () if labels == _unnamed(len(labels)) else labels}


def _unnamed(num_classes: int) -> tuple[str, ...]:
    return tuple(f"LABEL_{i}" for i in range(num_classes))


def publish_config(config: AnyConfig) -> dict[str, Any]:
    """Write sizes as a published configuration; undoes :func:`parse_config`.

    Args:
        config: the sizes.

    Returns:
        What goes into ``config.json``.
    """
    kind, family = next((k, f) for k, f in _FAMILIES.items() if isinstance(config, f.config))
    published = {key: getattr(config, ours) for ours, key in family.keys.items()}
    if isinstance(config, GPT2Config):
        architecture = "GPT2LMHeadModel"
        published |= dict.fromkeys(("attn_pdrop", "embd_pdrop"), config.dropout)
    else:
        published["attention_probs_dropout_prob"] = config.dropout
    if isinstance(config, BertConfig):
        architecture = "BertForMaskedLM" if config.masked_lm else "BertModel"
    if isinstance(config, ViTConfig):
        architecture = "ViTModel"
    if isinstance(config, ClassifierConfig) and config.num_classes:
        bert = isinstance(config, BertConfig)
        architecture = "BertForSequenceClassification" if bert else "ViTForImageClassification"
        labels = config.labels or _unnamed(config.num_classes)
        published["id2label"] = {str(i): label for i, label in enumerate(labels)}
        published["label2id"] = {label: i for i, label in enumerate(labels)}
    return {"architectures": [architecture], "model_type": kind, **family.settings, **published}
