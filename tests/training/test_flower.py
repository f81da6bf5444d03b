"""Our federated averaging against Flower's engine (needs the 'federated' extra)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from companion.training.clients import iid_clients
from companion.training.federated import Network, local_training, trimmed_mean, weighted_mean

NETWORK = Network((64, 16, 10))
NUM_CLIENTS, ROUNDS, LYING = 5, 4, 2
SETTINGS: dict[str, Any] = {"epochs": 2, "batch_size": None, "rate": 0.3}


@pytest.fixture(scope="module")
def flower() -> Any:
    return pytest.importorskip("flwr", reason="needs the extra 'federated': Flower with Ray")


def clients() -> tuple[np.ndarray, np.ndarray]:
    X, y = load_digits(return_X_y=True)
    rows = iid_clients(y[:500], NUM_CLIENTS)
    return X[rows] / 16, y[rows]


def one_client(weights: np.ndarray, number: int, poisoned: bool) -> np.ndarray:
    """Train client ``number`` from the server's weights; the last one lies if asked to."""
    X, y = clients()
    rng = np.random.default_rng(0)
    trained = local_training(
        NETWORK, weights, X[number : number + 1], y[number : number + 1], rng=rng, **SETTINGS
    )[0]
    lies = poisoned and number == LYING
    return weights - 10 * (trained - weights) if lies else trained


def ours(poisoned: bool) -> np.ndarray:
    weights = NETWORK.start()
    for _ in range(ROUNDS):
        models = np.stack([one_client(weights, k, poisoned) for k in range(NUM_CLIENTS)])
        counts = np.full(NUM_CLIENTS, 100)
        weights = trimmed_mean(models, 2) if poisoned else weighted_mean(models, counts)
    return weights


def by_flower(flower: Any, poisoned: bool) -> np.ndarray:
    from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
    from flwr.clientapp import ClientApp
    from flwr.serverapp import Grid, ServerApp
    from flwr.serverapp.strategy import FedAvg, FedMedian
    from flwr.simulation import run_simulation

    client, server = ClientApp(), ServerApp()
    found: list[np.ndarray] = []

    @client.train()
    def train(message: Message, context: Context) -> Message:
        (weights,) = message.content["arrays"].to_numpy_ndarrays()
        number = int(context.node_config["partition-id"])
        trained = one_client(weights, number, poisoned)
        content = {
            "arrays": ArrayRecord([trained]),
            "metrics": MetricRecord({"num-examples": 100}),
        }
        return Message(content=RecordDict(content), reply_to=message)

    @server.main()
    def main(grid: Grid, context: Context) -> None:
        strategy = (FedMedian if poisoned else FedAvg)(
            fraction_evaluate=0.0, min_train_nodes=NUM_CLIENTS, min_available_nodes=NUM_CLIENTS
        )
        start = ArrayRecord([NETWORK.start()])
        result = strategy.start(grid, initial_arrays=start, num_rounds=ROUNDS)
        found.extend(result.arrays.to_numpy_ndarrays())

    run_simulation(server_app=server, client_app=client, num_supernodes=NUM_CLIENTS)
    return found[0]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("poisoned", [False, True], ids=["mean", "median-against-a-liar"])
def test_flower_ends_with_our_weights(flower: Any, poisoned: bool) -> None:
    theirs, mine = by_flower(flower, poisoned), ours(poisoned)
    assert theirs.dtype == np.float64
    np.testing.assert_allclose(theirs, mine, rtol=0, atol=1e-12)
    X, y = clients()
    assert NETWORK.accuracy(theirs, X.reshape(-1, 64), y.ravel()) > 0.4
