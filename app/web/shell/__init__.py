"""Infrastructure of all pages: site, languages, assets, headers, logs, metrics."""
