"""Place of the program: a checkout, or a package that was installed from a wheel.

A wheel holds the folders that lie beside ``app/`` in a checkout (pages, styles, texts,
migrations, the bundled model) in ``app/packed``. Everything that needs one of them asks
here. So does whoever tells an operator which command to run.
"""

import os
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2]
PACKED = PROGRAM / "packed"
IS_INSTALLED = PACKED.is_dir()
ROOT = PACKED if IS_INSTALLED else PROGRAM.parent
"""Where templates, static files, translations, migrations and the model lie."""
MODEL = ROOT / "models" / "default"
"""The bundled model."""
COMMAND = "morelli" if IS_INSTALLED else "flask --app wsgi"
"""What the commands of the application are run by."""


def script(name: str, checkout: str) -> str:
    """Return how a program is started: the command's name, or the script of a checkout.

    Parameters
    ----------
    name : str
        Of the subcommand of ``morelli``.
    checkout : str
        Script at the top of a checkout that does the same.
    """
    return f"morelli {name}" if IS_INSTALLED else f"python {checkout}"


INDEX_COMMAND = script("index", "precompute_descriptors.py")
SERVE_COMMAND = script("serve", "serve.py")
TRAIN_COMMAND = script("train", "train.py")
CONVERT_COMMAND = script("convert", "-m app convert")


def base_folder() -> Path:
    """Return where relative paths in settings start.

    In a checkout at its folder, whatever the shell's is; else where the shell is, since
    nobody keeps a museum in a folder of packages.
    """
    return Path.cwd() if IS_INSTALLED else ROOT


def data_folder() -> str:
    """Return the usual place of an instance, as text that may begin with a tilde."""
    if not IS_INSTALLED:
        return "instance"
    home = os.environ.get("XDG_DATA_HOME", "").strip() or "~/.local/share"
    return f"{home}/morelli"


def build_folder() -> Path:
    """Return where files lie that can be made again, of training and of the lab."""
    if not IS_INSTALLED:
        return ROOT / "build"
    home = os.environ.get("XDG_CACHE_HOME", "").strip() or "~/.cache"
    return Path(home).expanduser() / "morelli"
