"""Admin pages of the museum's own site: what it is called and looks like, its pages."""
