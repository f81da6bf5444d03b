"""The GGUF reader: each form of weight by hand, and files that are cut, false or mutated."""

from __future__ import annotations

import resource
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from companion.errors import CourseError
from companion.models.gguf import GGUF, KINDS

Stored = tuple[str, Sequence[int], int, bytes]


def text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def written(value: Any) -> bytes:
    """Return a value of the metadata with its type before it."""
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + text(value)
    parts = [written(item) for item in value]
    kind = parts[0][:4] if parts else struct.pack("<I", 4)
    return (
        struct.pack("<I", 9) + kind + struct.pack("<Q", len(parts)) + b"".join(p[4:] for p in parts)
    )


def gguf(
    metadata: Mapping[str, Any] = {}, tensors: Sequence[Stored] = (), version: int = 3
) -> bytes:
    """Return a whole file; a tensor is name, shape as NumPy has it, code of its kind, bytes."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    head += b"".join(text(name) + written(value) for name, value in metadata.items())
    offset, data = 0, b""
    for name, shape, code, raw in tensors:
        head += text(name) + struct.pack("<I", len(shape))
        head += b"".join(struct.pack("<Q", size) for size in reversed(shape))
        head += struct.pack("<IQ", code, offset)
        data += raw + bytes(-len(raw) % 32)
        offset = len(data)
    return head + bytes(-len(head) % 32) + data


def half(value: float) -> bytes:
    return struct.pack("<e", value)


FLOATS = np.arange(6, dtype="<f4").reshape(2, 3)
# 32 numbers whose low halves come first: byte i holds number i and number i + 16.
NIBBLES = bytes(i % 16 | (15 - i % 16) << 4 for i in range(16))
NUMBERS = np.array([i % 16 for i in range(16)] + [15 - i % 16 for i in range(16)])
METADATA = {
    "general.architecture": "llama",
    "llama.block_count": 2,
    "ok": True,
    "rate": 0.5,
    "tokens": ["a", "Ġb", "ç"],
    "types": [1, 2, 3],
}
TENSORS: list[Stored] = [
    ("plain", (2, 3), 0, FLOATS.tobytes()),
    ("halves", (2, 3), 1, FLOATS.astype("<f2").tobytes()),
    ("eights", (1, 32), 8, half(0.25) + np.arange(-16, 16, dtype=np.int8).tobytes()),
    ("fours", (1, 32), 2, half(2.0) + NIBBLES),
    ("shifted", (2, 32), 3, (half(0.5) + half(-1.0) + NIBBLES) * 2),
]


def test_metadata_and_every_kind_of_weight_are_read() -> None:
    file = GGUF(gguf(METADATA, TENSORS))
    assert {k: v for k, v in file.metadata.items() if k != "types"} == {
        k: v for k, v in METADATA.items() if k != "types"
    }
    assert file.metadata["types"].tolist() == [1, 2, 3]
    np.testing.assert_array_equal(file.tensor("plain"), FLOATS)
    np.testing.assert_array_equal(file.tensor("halves"), FLOATS)
    np.testing.assert_array_equal(file.tensor("eights")[0], 0.25 * np.arange(-16, 16))
    np.testing.assert_array_equal(file.tensor("fours")[0], 2.0 * (NUMBERS - 8))
    np.testing.assert_array_equal(file.tensor("shifted"), [0.5 * NUMBERS - 1] * 2)
    assert file.tensor("fours").dtype == np.float32
    assert {kind.name: kind.bits for kind in KINDS.values()} == {
        "F32": 32,
        "F16": 16,
        "Q4_0": 4.5,
        "Q4_1": 5,
        "Q8_0": 8.5,
    }


def test_an_unknown_tensor_is_named() -> None:
    with pytest.raises(CourseError, match="nowhere"):
        GGUF(gguf()).tensor("nowhere")


def described(shape: Sequence[int], code: int = 0, offset: int = 0, name: str = "x") -> bytes:
    """Return a file that describes one tensor and holds 64 bytes of weights."""
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + text(name) + struct.pack("<I", len(shape))
    head += b"".join(struct.pack("<Q", size) for size in shape) + struct.pack("<IQ", code, offset)
    return head + bytes(-len(head) % 32) + bytes(64)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "no GGUF file"),
        (b"PK\x03\x04" + bytes(60), "no GGUF file"),
        (gguf(version=1), "version 1"),
        (gguf(version=99), "version 99"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**63), "cut short"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**63, 0), "cut short"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**63), "cut short"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + struct.pack("<I", 77), "type 77"),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + struct.pack("<IIQ", 9, 4, 2**62),
            "cut short",
        ),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + struct.pack("<IIQ", 9, 8, 2**62),
            "cut short",
        ),
        (
            b"GGUF"
            + struct.pack("<IQQ", 3, 0, 1)
            + text("a")
            + struct.pack("<I", 9)
            + struct.pack("<IQ", 9, 1) * 50,
            "type 9",
        ),
        (described((4, 4)), None),
        (described((5, 4)), "beyond the end"),
        (described((2**40, 2**40)), "beyond the end"),
        (described((4, 4), offset=2**63), "beyond the end"),
        (described((0, 4)), "rows of 0"),
        (described(()), "0 dimensions"),
        (described((1,) * 5), "5 dimensions"),
        (described((4, 4), code=14), "type 14"),
        (described((33, 1), code=8), "whole blocks of 32"),
        (gguf({"general.alignment": 0}), "alignment"),
        (gguf({"general.alignment": 33}), "alignment"),
        (gguf({"general.alignment": "x"}), "alignment"),
        (gguf({}, [TENSORS[0], TENSORS[0]]), "twice"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"\xff", "UTF-8"),
    ],
)
def test_false_files_are_refused_in_one_sentence(data: bytes, cause: str | None) -> None:
    if cause is None:
        assert GGUF(data).tensor("x").shape == (4, 4)
        return
    with pytest.raises(CourseError, match=cause) as caught:
        GGUF(data)
    assert "\n" not in str(caught.value)


def test_no_cut_and_no_mutation_is_more_than_a_sentence() -> None:
    """Every cut, and 4,000 files with up to four bytes changed in the header."""
    whole = gguf(METADATA, TENSORS)
    header = len(whole) - sum(len(raw) + -len(raw) % 32 for *_, raw in TENSORS)
    rng = np.random.default_rng(0)
    files = [whole[:n] for n in range(len(whole) - 32)]
    for _ in range(4_000):
        mutant = bytearray(whole)
        for _ in range(rng.integers(1, 5)):
            mutant[rng.integers(header)] = rng.integers(256)
        files.append(bytes(mutant))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = 0
    for data in files:
        try:
            file = GGUF(data)
            for name in file.tensors:
                file.tensor(name)
        except CourseError:
            refused += 1
    assert 2_000 < refused < len(files)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB
