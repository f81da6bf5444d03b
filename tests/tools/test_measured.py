"""Published against measured: enough rows, honest distances, and figures that recompute."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from companion.errors import CourseError
from tools import bibliography, measured, pages
from tools.measured import Row
from tools.recomputed import COMPAS, recomputed

BOOK = Path(__file__).resolve().parents[2] / "book"
ROWS = measured.load(BOOK / "measured.yml", pages.load_numbers(BOOK).results)


def test_there_are_enough_figures_of_both_kinds() -> None:
    kinds = [row.kind for row in ROWS]
    assert len(kinds) >= 60
    finished = {path.name[:2] for path in BOOK.glob("[0-9][0-9]-*.ipynb")}
    if len(finished) < 10 and kinds.count("small") < 20:
        pytest.skip(f"{kinds.count('small')} of 20 figures in small; {len(finished)} chapters")
    assert kinds.count("small") >= 20


def test_rows_are_different_and_name_sources_of_the_bibliography() -> None:
    names = [(row.group, row.what) for row in ROWS]
    assert len(set(names)) == len(names)
    works = bibliography.load(BOOK / "references.bib")
    assert {row.source for row in ROWS} <= set(works)


def test_a_recomputed_figure_is_not_the_published_one_copied() -> None:
    """Each expression looks something up; none is a bare number."""
    entries = yaml.safe_load((BOOK / "measured.yml").read_text(encoding="utf-8"))
    assert all("c['" in entry["ours"] or "r['" in entry["ours"] for entry in entries)


def test_groups_stand_together() -> None:
    seen: list[str] = []
    for row in ROWS:
        if not seen or seen[-1] != row.group:
            assert row.group not in seen
            seen.append(row.group)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gpt2.small", 124_439_808),
        ("gpt2.xl", 1_557_611_200),
        ("gpt3.175b", 174_604_259_328),
        ("vit.huge_14", 632_045_800),
        ("vgg16", 138_357_544),
        ("alexnet", 60_965_224),
        ("lenet5", 431_080),
        ("fedavg.cnn", 1_663_370),
    ],
)
def test_counts_are_those_of_the_reference_implementations(name: str, value: int) -> None:
    assert recomputed()[name] == value


def test_counts_agree_with_keras_own() -> None:
    """VGG-16 and both networks of federated averaging, built and counted by Keras."""
    import keras

    layers = keras.layers
    assert keras.applications.VGG16(weights=None).count_params() == recomputed()["vgg16"]
    cnn = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 5, padding="same"),
            layers.MaxPool2D(),
            layers.Conv2D(64, 5, padding="same"),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(512),
            layers.Dense(10),
        ]
    )
    assert cnn.count_params() == recomputed()["fedavg.cnn"]


def test_rates_obey_the_identity_of_chouldechova() -> None:
    """FPR = p/(1−p) · (1−PPV)/PPV · (1−FNR), for both groups."""
    for group, (true_low, false_high, false_low, true_high) in COMPAS.items():
        found = {k: recomputed()[f"compas.{k}.{group}"] / 100 for k in ("fpr", "fnr", "ppv")}
        p = (false_low + true_high) / (true_low + false_high + false_low + true_high)
        odds = p / (1 - p) * (1 - found["ppv"]) / found["ppv"]
        assert found["fpr"] == pytest.approx(odds * (1 - found["fnr"]))


def test_optimum_of_the_scaling_law_is_a_minimum() -> None:
    """No other split of the budget has a lower loss."""
    ratio = recomputed()["refit.ratio"]

    def loss(tokens_per_parameter: float) -> float:
        n = math.sqrt(5.76e23 / 6 / tokens_per_parameter)
        return 482.01 / n**0.3478 + 2085.43 / (n * tokens_per_parameter) ** 0.3658

    assert loss(ratio) < min(loss(1.05 * ratio), loss(0.95 * ratio))


def row(value: str, ours: float) -> Row:
    return Row("g", "w", value, value, "s", "exact", ours, ".4g", "y")


@pytest.mark.parametrize(
    ("value", "ours", "agrees"),
    [
        ("117e6", 117.4e6, True),
        ("117e6", 124.4e6, False),
        ("1.64e20", 1.635e20, True),
        ("0.46", 0.4516, False),
        ("0.45", 0.4516, True),
        ("50257", 50257, True),
        ("50257", 50258, False),
        ("9", 9.4, True),
        ("9", 9.6, False),
    ],
)
def test_agreement_is_in_the_printed_digits(value: str, ours: float, agrees: bool) -> None:
    assert row(value, ours).agrees is agrees


def test_distances_are_said() -> None:
    assert row("117e6", 124.4e6).distance == "+6.3 %"
    assert row("10", 11.5).distance == "+15 %"
    assert row("10", 40).distance == "4 times"
    assert row("100", 12).distance == "0.12 times"
    assert row("1", -0.6).distance == "-1.6"


GOOD: dict[str, Any] = {
    "group": "g",
    "what": "w",
    "printed": "117M",
    "value": "117e6",
    "source": "s",
    "ours": "c['gpt2.small']",
    "kind": "exact",
    "why": "because",
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"why": ""}, "say why"),
        ({"kind": "rough"}, "of kind"),
        ({"ours": "c['none']"}, "cannot be evaluated"),
        ({"ours": "1 < 2"}, "to a number"),
        ({"note": "x"}, "should have"),
    ],
)
def test_rows_that_do_not_fit_are_refused(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    path = tmp_path / "measured.yml"
    path.write_text(yaml.safe_dump([GOOD]), encoding="utf-8")
    assert "+6.4 %" in measured.table(measured.load(path, {}))
    path.write_text(yaml.safe_dump([GOOD | change]), encoding="utf-8")
    with pytest.raises(CourseError, match=words):
        measured.load(path, {})
