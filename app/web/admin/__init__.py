"""Admin pages: what visitors ask, how well it is answered, who has an account."""
