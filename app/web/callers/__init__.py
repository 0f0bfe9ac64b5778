"""Callers: networks, devices, visitors, tokens, access rules, rate limits, uploads."""
