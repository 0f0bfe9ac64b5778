"""Accounts: registration, administration, invitations, access tokens."""
