"""Training, and the parts of it that chapters need; TensorFlow is loaded only where asked for."""

from companion.lazy import attach

__getattr__, __all__ = attach(
    __name__,
    {
        "decide": "calibration_gap conformal_radius cost_curve moved_prevalence net_benefit "
        "precision_at",
        "federated": "Network iid_clients local_training sharded_clients trimmed_mean "
        "weighted_mean",
        "loop": "train",
        "runner": "Runner",
        "seeds": "train_stack",
    },
)
