"""Settings: their list, their parsers, and loading them from the environment."""
