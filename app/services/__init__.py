"""Service layer: what the application does, without HTTP and without HTML."""
