"""Sizes of Llama and of the open models that follow it."""

from dataclasses import dataclass, replace
from typing import Self

from companion.errors import CourseError
from companion.models.sizes import TransformerConfig


@dataclass(frozen=True, kw_only=True)
class LlamaConfig(TransformerConfig):
    """Llama and its like (Touvron et al., 2023); the default is SmolLM2-135M (Allal et al., 2025).

    Attributes:
        num_kv_heads: heads of keys and values, each shared by as many heads of queries.
        vocab_size: number of tokens.
        max_sequence_length: tokens that the model was trained to read.
        rope_base: see :func:`companion.models.llama_attention.rotation`.
        tied_head: the output layer is the token table.

    Raises:
        CourseError: queries that cannot share the keys equally, or a head of odd width.
    """

    num_layers: int = 30
    num_heads: int = 9
    num_kv_heads: int = 3
    hidden_dim: int = 576
    intermediate_dim: int = 1536
    dropout: float = 0.0
    layer_norm_epsilon: float = 1e-5
    vocab_size: int = 49152
    max_sequence_length: int = 8192
    rope_base: int = 100_000
    tied_head: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_heads % self.num_kv_heads:
            raise CourseError(
                f"num_heads {self.num_heads} should be a multiple of num_kv_heads "
                f"{self.num_kv_heads}, for as many queries share each key."
            )
        if self.head_dim % 2:
            raise CourseError(
                f"hidden_dim {self.hidden_dim} over num_heads {self.num_heads} should be even, for "
                "rotary positions turn pairs of units."
            )

    @property
    def head_dim(self) -> int:
        """Width of a head."""
        return self.hidden_dim // self.num_heads

    @classmethod
    def smollm2_135m(cls) -> Self:
        """Return SmolLM2-135M: 134,515,008 weights."""
        return cls()

    @classmethod
    def smollm2_360m(cls) -> Self:
        """Return SmolLM2-360M: 361,821,120 weights."""
        return cls(
            num_layers=32, num_heads=15, num_kv_heads=5, hidden_dim=960, intermediate_dim=2560
        )

    @classmethod
    def smollm2_1700m(cls) -> Self:
        """Return SmolLM2-1.7B: 1,711,376,384 weights."""
        return cls(
            num_layers=24, num_heads=32, num_kv_heads=32, hidden_dim=2048, intermediate_dim=8192
        )

    @classmethod
    def llama2_7b(cls) -> Self:
        """Return Llama 2 7B (Touvron et al., 2023): 6,738,415,616 weights."""
        return cls(
            num_layers=32,
            num_heads=32,
            num_kv_heads=32,
            hidden_dim=4096,
            intermediate_dim=11008,
            vocab_size=32000,
            max_sequence_length=4096,
            rope_base=10_000,
            tied_head=False,
        )

    @classmethod
    def mistral_7b(cls) -> Self:
        """Return Mistral 7B (Jiang et al., 2023): 7,241,732,096 weights."""
        return replace(
            cls.llama2_7b(), num_kv_heads=8, intermediate_dim=14336, max_sequence_length=8192
        )

    @property
    def num_parameters(self) -> int:
        """The exact number of trained numbers; a tied head shares the token table."""
        d, narrow = self.hidden_dim, self.num_kv_heads * self.head_dim
        block = 2 * d * d + 2 * d * narrow + 3 * d * self.intermediate_dim + 2 * d
        tables = self.vocab_size * d * (1 if self.tied_head else 2)
        return tables + self.num_layers * block + d
