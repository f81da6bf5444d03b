"""Ways to give rows to clients: K of them, with B rows each."""

import numpy as np

from companion.training.small.network import Labels as Ints


def iid_clients(y: Ints, num_clients: int, seed: int = 0) -> Ints:
    """Deal rows out at random; return row numbers ``(K, B)``. Rows left over are dropped."""
    order = np.random.default_rng(seed).permutation(len(y))
    rows = len(y) // num_clients
    return order[: rows * num_clients].reshape(num_clients, rows)


def sharded_clients(y: Ints, num_clients: int, shards: int = 2, seed: int = 0) -> Ints:
    """Sort rows by class, cut them into equal shards, and give each client some of these.

    McMahan et al. (2017, § 3): with two shards a client sees about two classes.

    Args:
        y: classes ``(n,)``.
        num_clients: K.
        shards: a client.
        seed: of who gets which shard, and of the order of rows within a class.

    Returns:
        Row numbers ``(K, B)``.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(y))
    order = shuffled[np.argsort(y[shuffled], kind="stable")]
    pieces, rows = num_clients * shards, len(y) // (num_clients * shards)
    dealt = order[: rows * pieces].reshape(pieces, rows)[rng.permutation(pieces)]
    return dealt.reshape(num_clients, shards * rows)
