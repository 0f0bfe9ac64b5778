"""Version of the program, with the day of its release; CHANGELOG.md has its section."""

VERSION = "0.2.0"
RELEASED = "2026-11-29"
