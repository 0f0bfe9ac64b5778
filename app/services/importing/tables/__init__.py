"""Reading of tables: encodings, dialects, workbooks, rows."""
