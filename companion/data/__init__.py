"""Part of the companion: data."""
