"""The museum's own site: profile, colours, logo, own pages, texts, sitemap."""
