"""Published sizes give the published counts, to the unit; impossible sizes are refused."""

from __future__ import annotations

from typing import Any

import pytest

from companion.errors import CourseError
from companion.models.config import (
    AnyConfig,
    BertConfig,
    GPT2Config,
    TransformerConfig,
    ViTConfig,
)
from companion.models.layout import count_parameters


@pytest.mark.parametrize(
    ("config", "published"),
    [
        (GPT2Config.small(), 124_439_808),
        (GPT2Config.medium(), 354_823_168),
        (GPT2Config.large(), 774_030_080),
        (GPT2Config.xl(), 1_557_611_200),
        (BertConfig.base(), 109_482_240),
        (BertConfig(pooler=False), 108_891_648),
        (BertConfig(num_classes=2), 109_482_240 + 2 * 769),
        (BertConfig.large(), 335_141_888),
        (ViTConfig.base_16(), 86_567_656),
        (ViTConfig(patch_size=32), 88_224_232),
        (ViTConfig(num_classes=0), 86_567_656 - 1000 * 769),
        (ViTConfig.large_16(), 304_326_632),
        (ViTConfig.huge_14(), 632_045_800),
    ],
)
def test_the_count_is_the_published_one(config: AnyConfig, published: int) -> None:
    assert count_parameters(config) == published


@pytest.mark.parametrize(
    ("kind", "sizes", "message"),
    [
        (GPT2Config, {"hidden_dim": 100, "num_heads": 3}, "multiple of num_heads 3"),
        (GPT2Config, {"num_layers": 0}, "num_layers should be a positive whole number, not 0"),
        (GPT2Config, {"vocab_size": 10.0}, "vocab_size should be a positive whole number"),
        (BertConfig, {"num_token_types": True}, "num_token_types should be a positive whole"),
        (BertConfig, {"dropout": 1.0}, "dropout"),
        (BertConfig, {"dropout": "0.1"}, "dropout"),
        (BertConfig, {"dropout": float("nan")}, "dropout"),
        (BertConfig, {"layer_norm_epsilon": 0.0}, "layer_norm_epsilon"),
        (ViTConfig, {"layer_norm_epsilon": float("nan")}, "layer_norm_epsilon"),
        (ViTConfig, {"layer_norm_epsilon": float("inf")}, "layer_norm_epsilon"),
        (ViTConfig, {"layer_norm_epsilon": 10**400}, "layer_norm_epsilon"),
        (ViTConfig, {"layer_norm_epsilon": True}, "layer_norm_epsilon"),
        (ViTConfig, {"num_classes": -1}, "num_classes"),
        (ViTConfig, {"num_classes": 2, "labels": ("cat",)}, "labels"),
        (ViTConfig, {"num_classes": 3, "labels": "cat"}, "labels"),
        (BertConfig, {"num_classes": 1, "labels": (1,)}, "labels"),
        (BertConfig, {"num_classes": 1, "pooler": False}, "pooler"),
        (ViTConfig, {"image_size": 30}, "multiple of patch_size 16"),
    ],
)
def test_impossible_sizes_are_refused(
    kind: type[TransformerConfig], sizes: dict[str, Any], message: str
) -> None:
    with pytest.raises(CourseError, match=message):
        kind(**sizes)
