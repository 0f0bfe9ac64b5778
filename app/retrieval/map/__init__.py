"""The map's geometry: layout, Hilbert order, sprite sheets."""
