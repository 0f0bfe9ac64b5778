"""Photographed labels and codes: reading, and the works that they name."""
