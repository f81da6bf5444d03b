"""The published ``config.json``, read into our sizes and written from them."""

from typing import Any

from companion.errors import CourseError
from companion.models.config import AnyConfig, BertConfig, ClassifierConfig, GPT2Config
from companion.models.families import FAMILIES, Family

# What the name of a published class says, and the part its file then has beside the body.
HEADS = {
    "PreTraining": "pooler",
    "SequenceClassification": "classifier",
    "ImageClassification": "classifier",
}


def parse_config(published: Any) -> AnyConfig:
    """Read the sizes out of a published configuration.

    Args:
        published: the parsed ``config.json``. Sizes that it leaves out have the published
            default. Its one dropout for hidden units serves for attention weights too.

    Returns:
        The sizes. Which heads there are shows in the weights; a classifier has the classes named
        here, or two.

    Raises:
        CourseError: another kind of model, a setting that the models here do not have, sizes that
            make no model, or labels that do not name each class.
    """
    family = _family(published)
    for key, needed in family.settings.items():
        if published.get(key, needed) != needed:
            raise CourseError(
                f"config.json sets {key} to {published[key]!r}; the course's {family.kind} has "
                f"{needed!r}."
            )
    if "TokenClassification" in str(published.get("architectures")):
        raise CourseError(
            "config.json describes a classifier of single tokens; the course reads those of whole "
            "texts and images."
        )
    first = {ours: theirs.split()[0] for ours, theirs in family.keys.items()}
    sizes = {ours: published[key] for ours, key in first.items() if key in published}
    if family.config is GPT2Config and sizes.get("intermediate_dim") is None:
        sizes["intermediate_dim"] = 4 * sizes.get("hidden_dim", GPT2Config().hidden_dim)
    if issubclass(family.config, ClassifierConfig):
        sizes |= _classes(published)
    return family.config(**sizes)


def promised_parts(published: dict[str, Any]) -> set[str]:
    """Return the parts of the heads that a configuration's ``architectures`` name."""
    names = str(published.get("architectures"))
    return {part for head, part in HEADS.items() if head in names}


def publish_config(config: AnyConfig) -> dict[str, Any]:
    """Write sizes as the content of a ``config.json``; undoes :func:`parse_config`."""
    family = FAMILIES[type(config)]
    published: dict[str, Any] = {"architectures": [_architecture(config)]}
    published |= {"model_type": family.kind} | family.settings
    for ours, theirs in family.keys.items():
        published |= dict.fromkeys(theirs.split(), getattr(config, ours))
    if isinstance(config, ClassifierConfig) and config.num_classes:
        labels = config.labels or _unnamed(config.num_classes)
        published["id2label"] = {str(i): label for i, label in enumerate(labels)}
        published["label2id"] = {label: i for i, label in enumerate(labels)}
    return published


def _family(published: Any) -> Family:
    kind = published.get("model_type") if isinstance(published, dict) else None
    for family in FAMILIES.values():
        if family.kind == kind:
            return family
    known = ", ".join(repr(family.kind) for family in FAMILIES.values())
    raise CourseError(f"config.json describes a model of type {kind!r}; the course reads {known}.")


def _architecture(config: AnyConfig) -> str:
    if isinstance(config, GPT2Config):
        return "GPT2LMHeadModel"
    bert = isinstance(config, BertConfig)
    if config.num_classes:
        return "BertForSequenceClassification" if bert else "ViTForImageClassification"
    return "BertModel" if bert else "ViTModel"


def _classes(published: dict[str, Any]) -> dict[str, Any]:
    names = published.get("id2label")
    if not names:
        return {"num_classes": published.get("num_labels", 2)}
    if not isinstance(names, dict) or names.keys() != {str(i) for i in range(len(names))}:
        raise CourseError(
            f"config.json's id2label should name the classes '0' to 'K - 1'; it is {names!r:.80}."
        )
    labels = tuple(names[str(i)] for i in range(len(names)))
    return {"num_classes": len(labels), "labels": () if labels == _unnamed(len(labels)) else labels}


def _unnamed(num_classes: int) -> tuple[str, ...]:
    return tuple(f"LABEL_{i}" for i in range(num_classes))
