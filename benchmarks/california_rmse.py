"""The census: test RMSE of the ensemble and of tuned gradient boosting over three splits."""

from __future__ import annotations

import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import root_mean_squared_error

from companion.data import NUM_PLAIN_COLUMNS, california, random_split
from companion.training.housing import fit_housing


def main() -> None:
    """Print a line a split and the means, in 100,000 dollars."""
    census = california()
    rows = []
    for seed in range(3):
        split = random_split(len(census), seed=seed)
        start = time.perf_counter()
        network = fit_housing(census, split, seed=seed)
        seconds = time.perf_counter() - start
        trees = HistGradientBoostingRegressor(
            random_state=0,
            max_iter=600,
            learning_rate=0.05,
            max_leaf_nodes=24,
            l2_regularization=3,
            early_stopping=False,
        )
        trees.fit(network.features.training[:, :NUM_PLAIN_COLUMNS], census.y[split.train])
        columns = network.features.transform(census.X[split.test])[:, :NUM_PLAIN_COLUMNS]
        guesses = network.predict(census.X[split.test]), trees.predict(columns)
        errors = [root_mean_squared_error(census.y[split.test], guess) for guess in guesses]
        rows.append([error / 1e5 for error in errors])
        ours, boosting = rows[-1]
        print(f"split {seed}: ensemble {ours:.4f} in {seconds:.0f} s, boosting {boosting:.4f}")
    ours, boosting = np.mean(rows, axis=0)
    print(f"mean: ensemble {ours:.4f}, boosting {boosting:.4f}, ratio {ours / boosting:.3f}")


if __name__ == "__main__":
    main()
