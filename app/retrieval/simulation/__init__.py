"""Simulated visitor photos: viewpoint, light, surroundings, occlusion."""
