"""Read and write models as they are published: a folder with ``config.json`` and safetensors.

A pickle can run any program when it is opened; a safetensors file holds numbers only, and says in
its first bytes what it holds. So everything is checked before a model is made.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import keras
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from companion.errors import CourseError
from companion.files import LFS_POINTER, read_json, write_text
from companion.models.bert import Bert
from companion.models.config import BertConfig, ClassifierConfig, GPT2Config, ViTConfig
from companion.models.gpt import GPT2
from companion.models.hub_config import parse_config, publish_config
from companion.models.layout import NAMES, AnyConfig, Slot, slots
from companion.models.vit import ViT

MODELS: dict[type[AnyConfig], type[keras.Model]] = {
    GPT2Config: GPT2,
    BertConfig: Bert,
    ViTConfig: ViT,
}
Arrays: TypeAlias = dict[str, tuple[Any, str]]
"""A weight's canonical name, the open file it lies in, and its name there."""

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"


def from_pretrained(folder: str | os.PathLike[str]) -> GPT2 | Bert | ViT:
    """Read a published GPT-2, BERT or vision transformer.

    Args:
        folder: holds ``config.json`` and ``model.safetensors``, or several safetensors files and
            their index. Old and new names of the weights are understood, and float16 and bfloat16.
            BERT and ViT get the heads that the file has weights for.

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
    config = parse_config(read_json(root / CONFIG))
    with ExitStack() as stack:
        arrays = _open_arrays([stack.enter_context(_open(p)) for p in _files(root)], config)
        config = _with_heads(config, {name.partition(".")[0] for name in arrays})
        if config.num_layers > len(arrays):
            raise CourseError(
                f"{CONFIG} asks for {config.num_layers} blocks; {WEIGHTS} has only {len(arrays)} "
                "arrays."
            )
        wanted = slots(config)
        _check(arrays, wanted, NAMES[type(config)].tied)
        model = MODELS[type(config)](config)
        for slot in wanted:
            weight = slot.join([_read(arrays, name) for name in slot.names])
            _find(model, slot.path).assign(weight)
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
    names = NAMES[type(config)]
    layout = slots(config)
    # A body alone has no prefix. GPT-2's head is its table, so it is never alone.
    headed = any(re.match(names.heads, name) for slot in layout for name in slot.names)
    bare = not headed and not isinstance(config, GPT2Config)
    tensors = {}
    for slot in layout:
        weight = keras.ops.convert_to_numpy(_find(model, slot.path)).astype(np.float32)
        for name, array in zip(slot.names, slot.split(weight), strict=True):
            tensors[name if bare else names.published(name)] = array
    text = json.dumps(publish_config(config), indent=2, sort_keys=True) + "\n"
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
    """Choose the heads of a body: those that the file has anything of."""
    if isinstance(config, ClassifierConfig) and "classifier" not in parts:
        config = replace(config, num_classes=0, labels=())
    if isinstance(config, BertConfig):
        has_pooler = "pooler" in parts or config.num_classes > 0
        config = replace(config, pooler=has_pooler, masked_lm="cls" in parts)
    return config


def _files(root: Path) -> list[Path]:
    """Return the safetensors files of a folder: one, or the parts that its index names."""
    if (root / WEIGHTS).exists():
        return [root / WEIGHTS]
    if (root / INDEX).exists():
        index = read_json(root / INDEX)
        parts = index.get("weight_map") if isinstance(index, dict) else None
        if not isinstance(parts, dict) or not parts:
            raise CourseError(f"{INDEX} has no weight_map that names the parts.")
        for name in parts.values():
            if not isinstance(name, str) or not re.fullmatch(r"[\w-]+\.safetensors", name):
                raise CourseError(
                    f"{INDEX} names {name!r}; a part should be a safetensors file beside it."
                )
        return [root / name for name in sorted(set(parts.values()))]
    if pickled := sorted(p.name for p in root.iterdir() if p.suffix in {".bin", ".pt", ".pkl"}):
        raise CourseError(
            f"{pickled[0]} is a pickle, which can run any program when it is opened; "
            f"convert it to {WEIGHTS} where you trust it."
        )
    raise CourseError(f"The folder {str(root)!r} has no {WEIGHTS}.")


def _open(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            if file.read(len(LFS_POINTER)) == LFS_POINTER:
                raise CourseError(
                    f"{path} is a pointer of Git LFS and not the file itself; run `git lfs pull` "
                    "in its folder, or download the file."
                )
        return safe_open(path, framework="numpy")
    except (OSError, SafetensorError) as error:
        raise CourseError(
            f"{path.name} is not a whole safetensors file: {error}; get it again."
        ) from error


def _open_arrays(files: list[Any], config: AnyConfig) -> Arrays:
    """Map each weight's canonical name to its file and its name there."""
    names = NAMES[type(config)]
    arrays: Arrays = {}
    for file in files:
        for name in file.keys():  # noqa: SIM118 - not a dict: a file has no other way to list names
            canonical = names.canonical(name)
            if re.match(names.ignored, canonical):
                continue
            if canonical in arrays:
                raise CourseError(f"The weight {canonical!r} is there twice.")
            arrays[canonical] = (file, name)
    for copy, original in names.tied.items():
        if copy in arrays and original not in arrays:  # of weights that are one, a file keeps one
            arrays[original] = arrays.pop(copy)
    return arrays


def _check(arrays: Arrays, wanted: list[Slot], tied: dict[str, str]) -> None:
    """Compare names, shapes and types with the sizes, and copies with their originals."""
    shapes = {name: slot.shape for slot in wanted for name in slot.names}
    copies = {copy: tied[copy] for copy in arrays.keys() & tied.keys() if tied[copy] in shapes}
    shapes |= {copy: shapes[original] for copy, original in copies.items()}
    _complain("lacks", shapes.keys() - arrays.keys())
    _complain("has too much:", arrays.keys() - shapes.keys())
    for name, shape in shapes.items():
        file, there = arrays[name]
        header = file.get_slice(there)
        if (found := tuple(header.get_shape())) != shape:
            raise CourseError(f"The weight {there!r} has shape {found}; {CONFIG} asks for {shape}.")
        if (dtype := header.get_dtype()) not in ("F32", "F16", "BF16"):
            raise CourseError(
                f"The weight {there!r} is of type {dtype}; it should be F32, F16 or BF16."
            )
    for copy, original in copies.items():
        if not np.array_equal(_read(arrays, copy), _read(arrays, original)):
            raise CourseError(f"{copy!r} differs from {original!r}; here they are one weight.")


def _complain(what: str, names: set[str]) -> None:
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        some = ", ".join(sorted(names)[:3])
        raise CourseError(f"For the sizes in {CONFIG}, {WEIGHTS} {what} {some}{more}.")


def _read(arrays: Arrays, name: str) -> np.ndarray:
    file, there = arrays[name]
    array = file.get_tensor(there).astype(np.float32)  # exact: both halves are among its numbers
    if not np.isfinite(array).all():
        raise CourseError(f"The weight {there!r} has values that are NaN or infinite.")
    return array


def _find(model: keras.Model, path: str) -> keras.Variable:
    """Follow a slot's path, such as ``blocks.0.expand.bias``."""
    found: Any = model
    for step in path.split("."):
        found = found[int(step)] if step.isdigit() else getattr(found, step)
    return found
