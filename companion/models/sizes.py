"""Sizes that every transformer has; those that make no model are refused at once."""

from dataclasses import dataclass, fields

from companion.errors import CourseError


@dataclass(frozen=True, kw_only=True)
class TransformerConfig:
    """What every transformer here has: a stack of equal blocks.

    Attributes:
        num_layers: number of blocks, L.
        num_heads: attention heads in a block; they share ``hidden_dim`` equally.
        hidden_dim: width of the stream between blocks, d.
        intermediate_dim: width of the hidden layer in each block's perceptron.
        dropout: share of units silenced in training.
        layer_norm_epsilon: added to the variance in layer normalisation.

    Raises:
        CourseError: a size that is not a positive whole number, a dropout outside [0, 1), an
            epsilon outside (0, 1), or a ``hidden_dim`` that the heads cannot share.
    """

    num_layers: int = 12
    num_heads: int = 12
    hidden_dim: int = 768
    intermediate_dim: int = 3072
    dropout: float = 0.1
    layer_norm_epsilon: float = 1e-12

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            least = 0 if field.name == "num_classes" else 1
            if field.type is int and (type(value) is not int or value < least):
                sizes = "a positive whole number" if least else "a whole number, 0 or more"
                raise CourseError(f"{field.name} should be {sizes}, not {value!r}.")
            if field.type is float and (type(value) not in (int, float) or not 0 <= value < 1):
                raise CourseError(
                    f"{field.name} should be a number of at least 0 and below 1, not {value!r}."
                )
        if self.layer_norm_epsilon == 0:
            raise CourseError("layer_norm_epsilon should be positive, not 0.")
        if self.hidden_dim % self.num_heads:
            raise CourseError(
                f"hidden_dim {self.hidden_dim} should be a multiple of num_heads {self.num_heads}, "
                "for the heads share it equally."
            )


@dataclass(frozen=True, kw_only=True)
class ClassifierConfig(TransformerConfig):
    """What a transformer has besides that can end in a classifier.

    Attributes:
        num_classes: outputs of the classification head; 0 for a body without it.
        labels: names of the classes, in order; none if they have no names.

    Raises:
        CourseError: labels that are not texts, or not one for each class.
    """

    num_classes: int = 0
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.labels, list):  # as it comes out of JSON
            object.__setattr__(self, "labels", tuple(self.labels))
        if not isinstance(self.labels, tuple) or any(type(name) is not str for name in self.labels):
            raise CourseError(f"labels should be a tuple of texts, not {self.labels!r:.80}.")
        if len(self.labels) not in (0, self.num_classes):
            raise CourseError(
                f"labels should name each of the {self.num_classes} classes, or none; they are "
                f"{len(self.labels)}."
            )
