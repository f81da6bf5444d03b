"""Part of the companion: models."""
