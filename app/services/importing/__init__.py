"""Bringing catalogues in: read, mapped, looked through, recorded, taken back."""
