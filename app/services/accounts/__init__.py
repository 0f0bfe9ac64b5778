"""Accounts: registration, administration, access tokens."""
