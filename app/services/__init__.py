"""What the application does, without HTTP and without HTML."""
