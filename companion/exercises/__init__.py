"""Part of the companion: exercises."""
