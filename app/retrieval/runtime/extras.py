"""Extras: packages that not every museum needs, by the names that the wheel gives them.

What needs one is switched off where its packages are not installed, and says so; what
runs on OpenVINO runs on OpenCV, and takes longer.
setup.py says which files of ``requirements/`` each extra is made of.
"""

from collections.abc import Mapping
from enum import StrEnum
from importlib.util import find_spec

from app.retrieval.runtime.place import IS_INSTALLED


class Extra(StrEnum):
    """Extra of the wheel: ``pip install 'morelli[NAME]'``."""

    OPENVINO = "openvino"
    FORMATS = "formats"
    VIDEO = "video"
    LABELS = "labels"
    MAPS = "maps"
    TRAINING = "train"
    CLUSTER = "cluster"
    SHARDS = "shards"


MODULES: Mapping[Extra, tuple[str, ...]] = {
    Extra.OPENVINO: ("openvino",),
    Extra.FORMATS: ("imagecodecs",),
    Extra.VIDEO: ("av",),
    Extra.LABELS: ("openvino", "rapidfuzz", "rapidocr", "zxingcpp"),
    Extra.MAPS: ("openTSNE",),
    Extra.TRAINING: (
        *("keras", "tensorflow", "sklearn", "matplotlib"),
        *("onnx", "openvino"),
    ),
    Extra.CLUSTER: ("psycopg", "obstore", "redis", "pymilvus"),
    Extra.SHARDS: ("distributed",),
}
"""What is imported of each."""
LOCKS: Mapping[Extra, str] = {
    Extra.OPENVINO: "requirements/server.txt",
    Extra.FORMATS: "requirements/server.txt",
    Extra.VIDEO: "requirements/server.txt",
    Extra.LABELS: "requirements-labels.txt",
    Extra.MAPS: "requirements.txt",
    Extra.TRAINING: "requirements.txt",
    Extra.CLUSTER: "requirements-cluster.txt",
    Extra.SHARDS: "requirements-shards.txt",
}
"""What a checkout installs each from."""


def is_installed(extra: Extra) -> bool:
    """Tell whether the packages of an extra are there; loads none of them."""
    return all(map(find_spec, MODULES[extra]))


def install_command(extra: Extra) -> str:
    """Return what installs an extra."""
    if IS_INSTALLED:
        return f"pip install 'morelli[{extra.value}]'"
    return f"pip install --require-hashes --no-build-isolation -r {LOCKS[extra]}"
