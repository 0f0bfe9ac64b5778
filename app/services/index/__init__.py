"""The live index: building, opening, following changes, thresholds."""
