"""Opening of the reader of labels, where its optional packages are installed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.retrieval.runtime import extras
from app.retrieval.runtime.extras import Extra
from app.services.labels.networks import models_folder
from app.services.labels.shared_reader import SharedReader

if TYPE_CHECKING:
    from app.services.labels.service import LabelService


def is_installed() -> bool:
    """Tell whether all that reading labels needs is installed; loads nothing."""
    return extras.is_installed(Extra.LABELS) and models_folder() is not None


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
