"""The article's network to the unit."""

from __future__ import annotations

import numpy as np

from companion.models.mlp import article_mlp


def test_the_articles_network_has_2689_weights() -> None:
    assert article_mlp().count_params() == 8 * 64 + 64 + 64 * 32 + 32 + 32 + 1 == 2689
    assert article_mlp()(np.zeros((3, 8))).shape == (3, 1)
