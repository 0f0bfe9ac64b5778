"""Operation of an instance: retention, inspection, statistics, demonstration."""
