"""Similarity measures: distances, learnt, structural, perceptual hash."""
