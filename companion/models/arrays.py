"""The arrays of a published model, checked against its sizes before any of them is read.

A pickle can run any program when it is opened; a safetensors file holds numbers only, and says in
its first bytes what it holds.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from companion.errors import CourseError
from companion.files import LFS_POINTER, read_json, refuse_pointer
from companion.models.config import AnyConfig
from companion.models.families import Family
from companion.models.layout import slots

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"


class PublishedArrays:
    """Arrays by the names of :func:`slots`, whatever they are called in their files.

    Args:
        root: folder with one safetensors file, or several and their index.
        family: the habits of the model's family.

    Raises:
        CourseError: files that are missing, cut short or pickled, or an array that is there twice.
    """

    def __init__(self, root: Path, family: Family) -> None:
        self.tied = family.tied
        self.places: dict[str, tuple[Any, str]] = {}  # the open file, and the name in it
        for file in map(_open, _files(root)):
            for name in file.keys():  # noqa: SIM118 - not a dict: a file lists its names so only
                canonical = family.canonical(name)
                if canonical in self.places:
                    raise CourseError(f"The weight {canonical!r} is there twice.")
                if not re.match(family.ignored, canonical):
                    self.places[canonical] = file, name
        for copy, original in self.tied.items():
            if copy in self.places and original not in self.places:  # a file keeps one of the two
                self.places[original] = self.places.pop(copy)

    def __getitem__(self, name: str) -> np.ndarray:
        """Read an array, in float32: exact, for both halves are among its numbers."""
        file, there = self.places[name]
        array = file.get_tensor(there).astype(np.float32)
        if not np.isfinite(array).all():
            raise CourseError(f"The weight {there!r} has values that are NaN or infinite.")
        return array

    def parts(self) -> set[str]:
        """Return the first words of all names, such as ``classifier``."""
        return {name.partition(".")[0] for name in self.places}

    def check(self, config: AnyConfig) -> None:
        """Compare names, shapes and types with the sizes, and copies with their originals.

        Raises:
            CourseError: what is missing, left over, or unlike what the sizes ask for.
        """
        if config.num_layers > len(self.places):
            raise CourseError(
                f"{CONFIG} asks for {config.num_layers} blocks; {WEIGHTS} has only "
                f"{len(self.places)} arrays."
            )
        shapes = {name: slot.shape for slot in slots(config) for name in slot.names}
        copies = {a: b for a, b in self.tied.items() if a in self.places and b in shapes}
        shapes |= {copy: shapes[original] for copy, original in copies.items()}
        _complain("lacks", shapes.keys() - self.places.keys())
        _complain("has too much:", self.places.keys() - shapes.keys())
        for name, shape in shapes.items():
            file, there = self.places[name]
            header = file.get_slice(there)
            found, kind = tuple(header.get_shape()), header.get_dtype()
            if found != shape:
                raise CourseError(
                    f"The weight {there!r} has shape {found}; {CONFIG} asks for {shape}."
                )
            if kind not in ("F32", "F16", "BF16"):
                raise CourseError(
                    f"The weight {there!r} is of type {kind}; it should be F32, F16 or BF16."
                )
        for copy, original in copies.items():
            if not np.array_equal(self[copy], self[original]):
                raise CourseError(f"{copy!r} differs from {original!r}; here they are one weight.")


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
    pickled = sorted(path.name for path in root.iterdir() if path.suffix in {".bin", ".pt", ".pkl"})
    if pickled:
        raise CourseError(
            f"{pickled[0]} is a pickle, which can run any program when it is opened; "
            f"convert it to {WEIGHTS} where you trust it."
        )
    raise CourseError(f"The folder {str(root)!r} has no {WEIGHTS}.")


def _open(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            refuse_pointer(path, file.read(len(LFS_POINTER)))
        return safe_open(path, framework="numpy")
    except (OSError, SafetensorError) as error:
        raise CourseError(
            f"{path.name} is not a whole safetensors file: {error}; get it again."
        ) from error


def _complain(what: str, names: set[str]) -> None:
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        some = ", ".join(sorted(names)[:3])
        raise CourseError(f"For the model in {CONFIG}, {WEIGHTS} {what} {some}{more}.")
