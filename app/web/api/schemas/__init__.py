"""Schemas of answers, by resource: their fields, and the values of these from models.

The only place where models become JSON. Addresses are paths on this server.
"""
