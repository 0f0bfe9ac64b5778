"""Checks of an instance, each with a remedy: database, files, settings, machine."""
