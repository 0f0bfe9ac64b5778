"""Webhooks beside the changes: the digest of a day, notes to administrators."""
