"""Museum's own site: colours and icons, own pages, kiosk, search box, sitemap."""
