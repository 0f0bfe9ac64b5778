"""Redirection of the libraries' own files from the home folder to ``build``."""

import os

from app.retrieval.runtime.place import build_folder

FOLDERS = {
    "KERAS_HOME": "keras",  # its configuration, and weights that it fetches
    "MPLCONFIGDIR": "matplotlib",  # its list of fonts
}
"""By the environment variable that the library reads when it is imported."""


def leave_home() -> None:
    """Keep Keras and matplotlib out of the home folder; call it before importing them.

    What somebody has set in the environment stays.
    """
    for name, folder in FOLDERS.items():
        os.environ.setdefault(name, str(build_folder() / folder))
