"""Edits of many works at once: what is done, preview, writing, undo; variants."""
