"""Tokens of a chat model: GPT-2's byte pairs, digits one by one, and marks that no text can write.

SmolLM2's (Allal et al., 2025), made from the lists that stand in its own file.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Self

from companion.data.byte_bpe import ByteLevelBPE
from companion.data.byte_words import split_words, unicode_ranges
from companion.errors import CourseError

ROLES = ("system", "user", "assistant")
# What the model's own template says before the first message, where no one else says anything.
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
START, END = "<|im_start|>", "<|im_end|>"
_CONTROL = 3  # GGUF's code of a token that no text writes


class ChatTokenizer(ByteLevelBPE):
    """Byte pairs as in GPT-2, with two differences.

    Each digit is a token of its own, so that numbers of one length have as many tokens. And the
    vocabulary need not hold all 256 bytes: those that no text in UTF-8 has are missing, and a few
    control characters, which are left out.
    """

    needs_all_bytes = False

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> Self:
        """Make it from the lists in a GGUF file.

        Raises:
            CourseError: the lists are missing, or those of another kind of tokenizer.
        """
        kind = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre")
        if kind != ("gpt2", "smollm"):
            raise CourseError(f"The file's tokenizer is {kind}; only ('gpt2', 'smollm') is read.")
        tokens, merges = (
            metadata.get(f"tokenizer.ggml.{name}", []) for name in ("tokens", "merges")
        )
        pairs = [tuple(merge.split(" ")) for merge in merges]
        if len(set(tokens)) < len(tokens) or any(len(pair) != 2 for pair in pairs):
            raise CourseError(
                "In the file's tokenizer a token stands twice, or a merge is no pair."
            )
        return cls({token: i for i, token in enumerate(tokens)}, pairs)

    def split(self, text: str) -> list[str]:
        """Cut a text into single digits, and what is between them into words."""
        parts = _digit().split(text)  # texts at even places, digits at odd ones
        return [w for i, part in enumerate(parts) for w in ([part] if i % 2 else split_words(part))]

    def chat(self, messages: Sequence[tuple[str, str]], *, answer: bool = True) -> list[int]:
        """Return the tokens of a conversation, as the model was trained to read them.

        The marks are put in as numbers, so a message that contains their letters cannot fake one.

        Args:
            messages: pairs of a role (``"system"``, ``"user"`` or ``"assistant"``) and a text.
            answer: end where the assistant's answer begins.

        Raises:
            CourseError: no message, or another role.
        """
        if not messages or any(role not in ROLES for role, _ in messages):
            raise CourseError(f"A chat needs messages with the roles {', '.join(ROLES)}.")
        if messages[0][0] != "system":
            messages = [("system", SYSTEM), *messages]
        ids: list[int] = []
        for role, text in messages:
            ids += [self.vocab[START], *self.encode(f"{role}\n{text}"), self.vocab[END]]
            ids += [*self.encode("\n")]
        if answer:
            ids += [self.vocab[START], *self.encode("assistant\n")]
        return [int(i) for i in ids]


@cache
def _digit() -> re.Pattern[str]:
    return re.compile(f"([{unicode_ranges('N')}])")
