"""Part of the companion: authoring."""
