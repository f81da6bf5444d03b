"""Part of the companion: training."""
