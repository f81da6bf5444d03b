"""Generated molecules as text (SMILES), with a rule of activity whose ceiling is known.

A molecule is two rings, a bridge, and a group at each ring, written in SMILES. Its scaffold is
rings and bridge without the groups. It is active with log-odds

    z = -0.5 + 1.6 u + 0.9 v + 0.9 w,

where ``u`` belongs to the whole scaffold, and ``v`` and ``w`` to the two groups, each a standard
normal number drawn once. So ``u`` of a scaffold never seen cannot be known from its text; what the
groups do can be learned from any scaffold.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from companion.data.table import Floats
from companion.errors import CourseError

# The bridge goes into the braces of a first ring; a group stands before it.
FIRST_RINGS = ("c1ccc({})cc1", "c1ccc({})nc1", "c1cnc({})nc1", "C1CCN({})CC1", "c1cc({})ccn1")
BRIDGES = ("", "C", "CC", "O", "N", "C(=O)N", "NC(=O)", "S(=O)(=O)N", "OC", "C=C")
# A second group goes into the braces of a second ring.
SECOND_RINGS = ("c2ccc({})cc2", "c2ccc({})s2", "c2ccc({})o2", "c2cnc({})nc2", "N2CCC({})CC2")
FIRST_GROUPS = ("C", "F", "Cl", "Br", "CO", "N", "O", "N#C", "FC(F)(F)", "CC(=O)N", "NC(=O)", "CC")
SECOND_GROUPS = ("C", "F", "Cl", "Br", "OC", "N", "O", "C#N", "C(F)(F)F", "NC(C)=O", "C(N)=O", "CC")
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)


@dataclass(frozen=True)
class Molecules:
    """Molecules and what only their maker knows.

    Attributes:
        smiles: the text of each molecule.
        active: 1 if active, shape ``(rows,)``.
        scaffold: text of each molecule without its groups, shape ``(rows,)``.
        probability: of being active, shape ``(rows,)``; nothing ranks better.
        new_scaffold: the same for one who knows all about groups and nothing about this scaffold.
    """

    smiles: list[str]
    active: NDArray[np.int64]
    scaffold: NDArray[np.str_]
    probability: Floats
    new_scaffold: Floats

    def __len__(self) -> int:
        return len(self.smiles)


def molecules(n: int = 4_000, scaffolds: int = 60, seed: int = 0) -> Molecules:
    """Generate molecules.

    Args:
        n: number of molecules, at least 1; one may appear twice, measured twice.
        scaffolds: number of different scaffolds among them, at most 250.
        seed: of the generator, the rule included.

    Raises:
        CourseError: more scaffolds than there are, or nothing to generate.
    """
    cores = [(a, b, c) for a in FIRST_RINGS for b in BRIDGES for c in SECOND_RINGS]
    if n < 1 or not 1 <= scaffolds <= len(cores):
        raise CourseError(
            f"Ask for at least 1 molecule and for 1 to {len(cores)} scaffolds, not {n} and "
            f"{scaffolds}."
        )
    rng = np.random.default_rng(seed)
    drawn = rng.permutation(len(cores))[:scaffolds]
    u = rng.standard_normal(len(cores))
    v, w = rng.standard_normal((2, len(FIRST_GROUPS)))
    core = rng.choice(drawn, n)
    first, second = rng.integers(0, len(FIRST_GROUPS), (2, n))
    groups = 0.9 * v[first] + 0.9 * w[second] - 0.5
    probability = expit(groups + 1.6 * u[core])
    return Molecules(
        [
            write(cores[k], FIRST_GROUPS[i], SECOND_GROUPS[j])
            for k, i, j in zip(core, first, second, strict=True)
        ],
        (rng.random(n) < probability).astype(np.int64),
        np.array([write(cores[k], "", "") for k in core]),
        probability,
        # The mean over u, by Gauss-Hermite quadrature.
        np.asarray(expit(groups[:, None] + 1.6 * NODES) @ WEIGHTS / WEIGHTS.sum()),
    )


def write(core: tuple[str, str, str], first: str, second: str) -> str:
    """Write a molecule in SMILES.

    Args:
        core: first ring, bridge, second ring.
        first: group at the first ring, or nothing.
        second: group at the second ring, or nothing.
    """
    ring, bridge, other = core
    end = other.format(second) if second else other.replace("({})", "")
    return first + ring.format(bridge + end)
