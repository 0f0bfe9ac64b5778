"""Versions of the program and of the model that it would open."""

import os

from app.configuration.load import ConfigurationError, read_settings
from app.retrieval.errors import ArtefactError
from app.retrieval.model import model_id_of
from app.version import RELEASED, VERSION


def versions() -> str:
    """Return both in a line; says so where there is no model that can be opened."""
    return f"Morelli {VERSION} of {RELEASED}, {_model()}"


def _model() -> str:
    try:
        folder = read_settings(os.environ)["MORELLI_MODEL"]
        return f"model {folder.name} {model_id_of(folder)}"
    except (ArtefactError, ConfigurationError) as error:
        return f"no model: {error}"
