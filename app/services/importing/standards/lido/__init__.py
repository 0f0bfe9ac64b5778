"""Reader of LIDO: records, their events, parts that occur everywhere, pictures."""
