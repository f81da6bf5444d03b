"""Read and write models as they are published: a folder with ``config.json`` and safetensors.

Everything is checked before a model is made: names, shapes, types, and what must be there.
"""

import json
import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save_file

from companion.errors import CourseError
from companion.files import read_json, write_text
from companion.models.arrays import CONFIG, WEIGHTS, PublishedArrays
from companion.models.bert import Bert
from companion.models.config import AnyConfig, BertConfig, ClassifierConfig
from companion.models.families import FAMILIES
from companion.models.gpt import GPT2
from companion.models.hub_config import parse_config, promised_parts, publish_config
from companion.models.layout import slots
from companion.models.vit import ViT

MODELS: dict[type[AnyConfig], Any] = {model.config_type: model for model in (GPT2, Bert, ViT)}


def from_pretrained(folder: str | os.PathLike[str]) -> GPT2 | Bert | ViT:
    """Read a published GPT-2, BERT or vision transformer.

    Args:
        folder: holds ``config.json`` and ``model.safetensors``, or several safetensors files and
            their index. Old and new names of the weights are understood, and float16 and bfloat16.
            BERT and ViT get the heads that the file has weights for, and must have those that
            ``architectures`` in ``config.json`` names.

    Returns:
        The model with the published weights, in float32. Names of classes are its
        ``config.labels``.

    Raises:
        CourseError: files that are missing, cut short, or of another kind; weights that are
            missing, left over, or of another shape or type; numbers that are not finite. No model
            is returned then.
    """
    root = Path(folder)
    if not root.is_dir():
        raise CourseError(f"There is no folder {str(root)!r}; name the folder of a saved model.")
    published = read_json(root / CONFIG)
    config = parse_config(published)
    arrays = PublishedArrays(root, FAMILIES[type(config)])
    config = _with_heads(config, arrays.parts() | promised_parts(published))
    arrays.check(config)
    model = MODELS[type(config)](config)
    for slot in slots(config):
        _find(model, slot.path).assign(slot.join([arrays[name] for name in slot.names]))
    return model


def save_pretrained(model: GPT2 | Bert | ViT, folder: str | os.PathLike[str]) -> None:
    """Write a model in the published layout; :func:`from_pretrained` reads it back equal.

    Args:
        model: the model.
        folder: made if it is not there. Each file appears whole or not at all.

    Raises:
        CourseError: a model of another kind, or a folder that cannot be written.
    """
    if type(model) not in MODELS.values():
        raise CourseError(
            f"A {type(model).__name__} has no published layout; save a GPT2, Bert or ViT."
        )
    config, root = model.config, Path(folder)
    published = publish_config(config)
    body_alone = published["architectures"][0] in ("BertModel", "ViTModel")
    tensors = {}
    for slot in slots(config):
        weight = keras.ops.convert_to_numpy(_find(model, slot.path)).astype(np.float32)
        for name, array in zip(slot.names, slot.split(weight), strict=True):
            # A body alone has no prefix.
            tensors[name if body_alone else FAMILIES[type(config)].published(name)] = array
    text = json.dumps(published, indent=2, sort_keys=True) + "\n"
    try:
        root.mkdir(parents=True, exist_ok=True)
        target = (root / WEIGHTS).resolve()
        if target.exists() and not target.is_file():
            raise CourseError(f"{target} is no regular file, so it stays as it is; name another.")
        with TemporaryDirectory(dir=target.parent) as part:
            # "pt": the layout is PyTorch's. The reference library refuses a file without it.
            save_file(tensors, f"{part}/{WEIGHTS}", metadata={"format": "pt"})
            write_text(root / CONFIG, text)
            os.replace(f"{part}/{WEIGHTS}", target)
    except (OSError, SafetensorError) as error:
        raise CourseError(f"The model cannot be written to {str(root)!r}: {error}.") from error


def _with_heads(config: AnyConfig, parts: set[str]) -> AnyConfig:
    """Choose the heads: those that the file has any part of, or that its configuration names."""
    if isinstance(config, ClassifierConfig) and "classifier" not in parts:
        config = replace(config, num_classes=0, labels=())
    if isinstance(config, BertConfig):
        config = replace(config, pooler="pooler" in parts or config.num_classes > 0)
    return config


def _find(model: keras.Model, path: str) -> keras.Variable:
    """Follow a slot's path, such as ``blocks.0.expand.bias``."""
    found: Any = model
    for step in path.split("."):
        found = found[int(step)] if step.isdigit() else getattr(found, step)
    return found
