"""Pages and API: one blueprint per audience."""
