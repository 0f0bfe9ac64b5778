"""The comparison lab: every method side by side, on one collection, in one report."""
