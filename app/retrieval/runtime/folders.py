"""Folders for the libraries' own files: in ``build``, not in the home folder."""

import os
from pathlib import Path

BUILD = Path(__file__).resolve().parents[3] / "build"
FOLDERS = {
    "KERAS_HOME": BUILD / "keras",  # its configuration, and weights that it fetches
    "MPLCONFIGDIR": BUILD / "matplotlib",  # its list of fonts
}
"""By the environment variable that the library reads when it is imported."""


def leave_home() -> None:
    """Keep Keras and matplotlib out of the home folder; call it before importing them.

    What somebody has set in the environment stays.
    """
    for name, folder in FOLDERS.items():
        os.environ.setdefault(name, str(folder))
