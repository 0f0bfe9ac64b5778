"""Decoders of what Pillow does not read, or reads wrongly."""
