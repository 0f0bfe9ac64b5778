"""Visits of a day, links to them, favourites."""
