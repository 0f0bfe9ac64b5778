"""Learning what the models folder holds: offline, from a catalogue and its pictures."""
