"""What surrounds every page: site, languages, assets, headers, logs, metrics."""
