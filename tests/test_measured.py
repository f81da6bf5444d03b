"""Published against measured: each figure stands there once, with its source, and is computed."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

BOOK = Path(__file__).resolve().parents[1] / "book"
CELLS = nbformat.read(BOOK / "measured.ipynb", as_version=4).cells
WORDS = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
ROW = re.compile(r"\S.{43} .*(none|%|times)$")
PUBLISHED = yaml.safe_load((BOOK / "published.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """Return what the page's cells define, run in its folder."""
    defined: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(BOOK)
        for cell in CELLS:
            if cell.cell_type == "code":
                exec(cell.source, defined)
    return defined


def test_each_figure_stands_there_once_and_there_are_enough(page: dict[str, Any]) -> None:
    printed = [o.text for cell in CELLS for o in cell.get("outputs", ())]
    rows = [ROW.match(line) for text in printed for line in text.splitlines()]
    assert sum(map(bool, rows)) == len(page["compared"]) >= 100
    bound = re.findall(r'data-published="([^"]+)">[^<]+</span> \{cite\}`(\w+)`', WORDS)
    assert len(bound) >= 15
    assert all(PUBLISHED[name]["source"] == source for name, source in bound)


def test_each_source_is_cited_on_the_page(page: dict[str, Any]) -> None:
    cited = {key for group in re.findall(r"\{cite\}`([^`]+)`", WORDS) for key in group.split(",")}
    assert {PUBLISHED[name]["source"] for name in page["compared"]} <= cited


def test_each_published_figure_is_used(page: dict[str, Any]) -> None:
    texts = [p.read_text("utf-8") for p in BOOK.iterdir() if p.suffix in (".ipynb", ".md", ".yml")]
    bound = set(re.findall(r'data-published=\\?"([^"\\]+)', "\n".join(texts)))
    assert set(PUBLISHED) == bound | set(page["compared"])


def test_each_figure_has_one_kind_and_agreement_is_as_stated(page: dict[str, Any]) -> None:
    assert set(page["kinds"]) == set(page["compared"])
    assert set(page["kinds"].values()) == {"independent", "recomputed", "arithmetic"}
    page["figures"] |= {"near": {"value": "100."}, "far": {"value": "100."}}
    page["compared"] |= {"near": (101.9, "+1.9%"), "far": (102.1, "+2.1%")}
    assert page["agrees"]("near")
    assert not page["agrees"]("far")
    for name in ("near", "far"):
        del page["figures"][name], page["compared"][name]


def test_no_published_figure_stands_in_two_tables(page: dict[str, Any]) -> None:
    bound = re.findall(r'data-published="([^"]+)"', WORDS)
    assert len(set(bound)) == len(bound)
    assert not set(bound) & set(page["compared"])


def test_a_distance_has_words_after_it() -> None:
    for cell, following in pairwise(CELLS):
        if any(re.search(r"%$|times$", o.text, re.M) for o in cell.get("outputs", ())):
            assert following.cell_type == "markdown", cell.source[:60]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gpt2-small", 124_439_808),
        ("gpt2-xl", 1_557_611_200),
        ("gpt3-size", 174_604_259_328),
        ("vit-huge", 632_045_800),
        ("vgg16", 138_357_544),
        ("alexnet", 60_965_224),
        ("lenet5", 431_080),
        ("fedavg-cnn", 1_663_370),
    ],
)
def test_counts_are_those_of_the_reference_implementations(
    page: dict[str, Any], name: str, value: int
) -> None:
    assert page["compared"][name][0] == value


@pytest.mark.parametrize(
    ("printed", "ours", "distance"),
    [
        ("117M", 124.4e6, "+6.3%"),
        ("340M", 335.1e6, "none"),
        ("60 million", 60.9e6, "none"),
        ("1.64e20", 1.635e20, "none"),
        ("0.46", 0.4516, "-1.8%"),
        ("0.45", 0.4516, "none"),
        ("50,257", 50258, "+0.0%"),
        ("20.", 18.4, "-8.0%"),
        ("9×", 9.4, "none"),
        ("100", 12, "0.12 times"),
        ("44.85 %", 44.8468, "none"),
    ],
)
def test_agreement_is_in_the_printed_digits(
    page: dict[str, Any], printed: str, ours: float, distance: str
) -> None:
    assert page["distance"](page["read"](printed), ours) == distance


def test_rates_obey_the_identity_of_chouldechova(page: dict[str, Any]) -> None:
    """FPR = p/(1−p) · (1−PPV)/PPV · (1−FNR), for both groups."""
    for group, (true_low, false_high, false_low, true_high) in page["compas"].items():
        rates = {k: page["rates"][f"compas-{k}-{group}"] / 100 for k in ("fpr", "fnr", "ppv")}
        p = (false_low + true_high) / (true_low + false_high + false_low + true_high)
        odds = p / (1 - p) * (1 - rates["ppv"]) / rates["ppv"]
        assert rates["fpr"] == pytest.approx(odds * (1 - rates["fnr"]))


def test_optimum_of_the_scaling_law_is_a_minimum(page: dict[str, Any]) -> None:
    """No other split of the budget has a lower loss."""
    ratio = page["compared"]["refit-ratio"][0]

    def loss(tokens_per_parameter: float) -> float:
        n = math.sqrt(5.76e23 / 6 / tokens_per_parameter)
        return 482.01 / n**0.3478 + 2085.43 / (n * tokens_per_parameter) ** 0.3658

    assert loss(ratio) < min(loss(1.05 * ratio), loss(0.95 * ratio))
