"""Opening of the reader of labels, where its optional packages are installed."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from app.services.labels.networks import models_folder
from app.services.labels.shared_reader import SharedReader

if TYPE_CHECKING:
    from app.services.labels.service import LabelService

NEEDED = ("rapidfuzz", "zxingcpp")
"""Modules of the other packages of ``requirements/labels.in``."""


def is_installed() -> bool:
    """Tell whether all that reading labels needs is installed; loads nothing."""
    return models_folder() is not None and all(map(find_spec, NEEDED))


def open_labels(config: Mapping[str, Any]) -> "LabelService | None":
    """Return what reads labels; None where that is switched off, or not installed.

    The process that reads is started at first use.

    Parameters
    ----------
    config : mapping of str to object
        The settings.
    """
    if not config["MORELLI_LABELS"] or not is_installed():
        return None
    # Its libraries are optional.
    from app.services.labels.service import LabelService

    return LabelService(SharedReader(), config["MORELLI_PUBLIC_URL"])
