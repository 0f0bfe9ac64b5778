"""Surroundings of every page: site, languages, assets, headers, logs, metrics."""
