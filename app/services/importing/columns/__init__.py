"""Columns of tables: known formats, words for fields, readings."""
