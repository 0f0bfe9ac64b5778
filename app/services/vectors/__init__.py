"""Engines of nearest neighbours that several servers share."""
