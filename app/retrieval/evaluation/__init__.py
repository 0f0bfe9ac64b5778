"""Evaluation: labelled photos asked, metrics, report."""
