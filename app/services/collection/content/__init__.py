"""Content of works for visitors: fields in languages, their layout, recordings."""
