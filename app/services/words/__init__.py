"""Finding works by words with slips, by numbers, and by the room one is in."""
