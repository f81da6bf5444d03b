"""Sizes of the published transformers."""

from dataclasses import dataclass
from typing import Self, TypeAlias

from companion.errors import CourseError
from companion.models.sizes import ClassifierConfig, TransformerConfig


@dataclass(frozen=True, kw_only=True)
class GPT2Config(TransformerConfig):
    """GPT-2 (Radford et al., 2019); the default is the small model.

    Attributes:
        vocab_size: number of tokens.
        max_sequence_length: number of learned positions.
    """

    vocab_size: int = 50257
    max_sequence_length: int = 1024
    layer_norm_epsilon: float = 1e-5

    @property
    def num_kv_heads(self) -> int:
        """Heads of keys and values: as many as of queries."""
        return self.num_heads

    @classmethod
    def small(cls) -> Self:
        """Return 12 blocks of width 768: 124,439,808 weights."""
        return cls()

    @classmethod
    def medium(cls) -> Self:
        """Return 24 blocks of width 1,024: 354,823,168 weights."""
        return cls(num_layers=24, num_heads=16, hidden_dim=1024, intermediate_dim=4096)

    @classmethod
    def large(cls) -> Self:
        """Return 36 blocks of width 1,280: 774,030,080 weights."""
        return cls(num_layers=36, num_heads=20, hidden_dim=1280, intermediate_dim=5120)

    @classmethod
    def xl(cls) -> Self:
        """Return 48 blocks of width 1,600: 1,557,611,200 weights."""
        return cls(num_layers=48, num_heads=25, hidden_dim=1600, intermediate_dim=6400)


@dataclass(frozen=True, kw_only=True)
class BertConfig(ClassifierConfig):
    """BERT, uncased (Devlin et al., 2019); the default is the base model.

    Attributes:
        vocab_size: number of word pieces.
        max_sequence_length: number of learned positions.
        num_token_types: kinds of segment; two, for "first sentence" and "second sentence".
        pooler: add the dense layer that summarises the first token.

    Raises:
        CourseError: classes without a pooler, from which they are judged.
    """

    vocab_size: int = 30522
    max_sequence_length: int = 512
    num_token_types: int = 2
    pooler: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_classes and not self.pooler:
            raise CourseError("A BERT with num_classes judges by its pooler; set pooler=True.")

    @classmethod
    def base(cls) -> Self:
        """Return 12 blocks of width 768: 109,482,240 weights with the pooler."""
        return cls()

    @classmethod
    def large(cls) -> Self:
        """Return 24 blocks of width 1,024: 335,141,888 weights with the pooler."""
        return cls(num_layers=24, num_heads=16, hidden_dim=1024, intermediate_dim=4096)


@dataclass(frozen=True, kw_only=True)
class ViTConfig(ClassifierConfig):
    """Vision transformer (Dosovitskiy et al., 2021); the default is ViT-B/16 on 224 pixels.

    Attributes:
        image_size: height and width of the images, in pixels.
        patch_size: height and width of a patch, in pixels.
        num_channels: colours of a pixel.
    """

    image_size: int = 224
    patch_size: int = 16
    num_channels: int = 3
    num_classes: int = 1000
    dropout: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.image_size % self.patch_size:
            raise CourseError(
                f"image_size {self.image_size} should be a multiple of patch_size "
                f"{self.patch_size}, so that whole patches cover the image."
            )

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        return self.image_size, self.image_size, self.num_channels

    @property
    def num_patches(self) -> int:
        """Number of patches in an image."""
        return (self.image_size // self.patch_size) ** 2

    @classmethod
    def base_16(cls) -> Self:
        """Return ViT-B/16: 86,567,656 weights."""
        return cls()

    @classmethod
    def large_16(cls) -> Self:
        """Return ViT-L/16: 304,326,632 weights."""
        return cls(num_layers=24, num_heads=16, hidden_dim=1024, intermediate_dim=4096)

    @classmethod
    def huge_14(cls) -> Self:
        """Return ViT-H/14: 632,045,800 weights."""
        return cls(
            patch_size=14, num_layers=32, num_heads=16, hidden_dim=1280, intermediate_dim=5120
        )


AnyConfig: TypeAlias = GPT2Config | BertConfig | ViTConfig
