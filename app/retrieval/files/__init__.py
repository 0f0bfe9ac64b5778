"""Files that are whole or not there: atomic writing, locks, arrays."""
