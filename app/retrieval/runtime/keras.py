"""Import of Keras with quiet logs and its files under ``build``.

The one place that imports it. On TensorFlow, unless ``KERAS_BACKEND`` names another of
its backends: nothing else here asks which one it is.
"""

import os
from importlib import import_module

from app.retrieval.runtime.folders import leave_home

leave_home()
# Otherwise a page about CPU features comes before anything is done.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import layers, ops

__all__ = ["has_gpu", "keras", "layers", "ops"]


def has_gpu() -> bool:
    """Tell whether Keras' backend has an accelerator to train on."""
    name = keras.backend.backend()
    backend = import_module(name)
    if name == "tensorflow":
        return bool(backend.config.list_physical_devices("GPU"))
    if name == "torch":
        return bool(backend.cuda.is_available())
    return bool(backend.default_backend() != "cpu")
