"""Measures of likeness, each with one question: which of these is most like that."""
