"""Curators' work: editing, pictures, relations, findings, survey."""
