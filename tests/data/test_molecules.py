"""The molecules are well-formed text, and the known probabilities are the ceiling."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from companion.data.molecules import BRIDGES, FIRST_RINGS, SECOND_RINGS, molecules, write
from companion.errors import CourseError

WORLD = molecules(20_000)


def test_one_molecule_by_hand() -> None:
    assert write(("c1ccc({})cc1", "C(=O)N", "c2ccc({})cc2"), "Cl", "F") == (
        "Clc1ccc(C(=O)Nc2ccc(F)cc2)cc1"
    )
    assert write(("c1ccc({})cc1", "O", "c2ccc({})s2"), "", "") == "c1ccc(Oc2cccs2)cc1"


def test_text_is_well_formed() -> None:
    for text in set(WORLD.smiles) | set(WORLD.scaffold):
        assert re.fullmatch(r"(?:Cl|Br|[CNOFScnos]|[()=#12])+", text), text
        assert text.count("(") == text.count(")")
        assert "()" not in text
        assert text.count("1") == text.count("2") == 2
        depth = np.cumsum([(c == "(") - (c == ")") for c in text])
        assert depth.min() >= 0


def test_scaffolds_are_as_many_as_asked_and_the_seed_decides() -> None:
    assert len(set(WORLD.scaffold)) == 60
    assert len(set(molecules(20_000, 250).scaffold)) == len(FIRST_RINGS) * len(BRIDGES) * len(
        SECOND_RINGS
    )
    assert molecules(50).smiles == molecules(50).smiles != molecules(50, seed=1).smiles


def test_the_same_text_has_the_same_probability_and_it_is_kept() -> None:
    by_text: dict[str, set[float]] = {}
    for text, p in zip(WORLD.smiles, WORLD.probability, strict=True):
        by_text.setdefault(text, set()).add(p)
    assert all(len(values) == 1 for values in by_text.values())
    spread = np.sqrt((WORLD.probability * (1 - WORLD.probability)).sum())
    assert abs(WORLD.active.sum() - WORLD.probability.sum()) < 4 * spread


def test_the_ceiling_of_a_new_scaffold_is_the_mean_over_scaffolds() -> None:
    one = molecules(1)
    groups = np.log(one.probability / (1 - one.probability))[0]
    # Take this scaffold's number out again, as the generator drew it.
    rng = np.random.default_rng(0)
    drawn = rng.permutation(250)[:60]
    u = rng.standard_normal(250)
    rng.standard_normal((2, 12))
    groups -= 1.6 * u[rng.choice(drawn, 1)][0]
    right = quad(lambda x: expit(groups + 1.6 * x) * norm.pdf(x), -12, 12)[0]
    assert one.new_scaffold[0] == pytest.approx(right, abs=1e-8)


def test_knowing_the_scaffold_is_worth_more() -> None:
    whole = roc_auc_score(WORLD.active, WORLD.probability)
    groups = roc_auc_score(WORLD.active, WORLD.new_scaffold)
    assert whole > groups + 0.08 > 0.7


@pytest.mark.parametrize(("n", "scaffolds"), [(0, 5), (5, 0), (5, 251)])
def test_what_cannot_be_generated(n: int, scaffolds: int) -> None:
    with pytest.raises(CourseError, match=f"not {n} and {scaffolds}"):
        molecules(n, scaffolds)
    assert len(set(molecules(5, 1).scaffold)) == 1
