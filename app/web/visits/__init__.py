"""Pages of a visit: what was found on a day, favourites, tours."""
