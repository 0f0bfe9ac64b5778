"""Table of picture files and decoders: which gives the right pixels of which."""
