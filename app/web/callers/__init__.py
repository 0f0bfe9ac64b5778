"""Callers: visitors, bearer tokens, access rules, throttling, uploads."""
