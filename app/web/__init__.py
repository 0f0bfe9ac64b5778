"""Web layer: pages of visitors, accounts, curators and admins, and the API."""
