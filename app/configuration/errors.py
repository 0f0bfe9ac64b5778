"""Error of a setting that cannot be used."""

from app.configuration.databases import mask_password


class ConfigurationError(ValueError):
    """Setting that cannot be used, and why."""

    def __init__(self, name: str, value: str, reason: str) -> None:
        self.name = name
        self.value = mask_password(value)
        self.reason = reason
        super().__init__(f"{name}={self.value} cannot be used: {reason}.")
