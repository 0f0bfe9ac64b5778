"""Tests of the reading of labels."""
