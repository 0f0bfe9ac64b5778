"""Curators' import pages."""
