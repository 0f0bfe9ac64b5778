"""What a setting is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """Environment variable: how it is parsed, and what it is for."""

    name: str
    default: str
    parse: Callable[[str], object]
    help: str
