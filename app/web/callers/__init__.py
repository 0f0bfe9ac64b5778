"""Callers: visitors, devices, tokens, access rules, rate limits, events, uploads."""
