"""Measures of likeness: distances, structural similarity, perceptual hash, learnt."""
