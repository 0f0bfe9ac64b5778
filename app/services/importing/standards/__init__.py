"""Readers of standards: IIIF, LIDO, Linked Art, OAI-PMH; one module each."""
