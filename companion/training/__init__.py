"""Training, and the parts of it that chapters need; TensorFlow is loaded only where asked for."""

from companion.lazy import attach

__getattr__, __all__ = attach(
    __name__,
    {
        "clients": "iid_clients sharded_clients",
        "decide": "calibration_gap conformal_radius cost_curve moved_prevalence net_benefit "
        "precision_at",
        "federated": "Network local_training trimmed_mean weighted_mean",
        "loop": "train",
        "runner": "Runner",
        "seeds": "train_stack",
    },
)
