"""Learnt similarity: pairs, learning, assessment."""
