"""Evaluation of the live index: labelled photos, reports, feedback."""
