"""Server's edge: whole requests for its threads, patience for slow networks."""
