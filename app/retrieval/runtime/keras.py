"""Import of Keras and TensorFlow, quiet and without files in the home folder.

The one place that imports them.
"""

import os

from app.retrieval.runtime.folders import leave_home

leave_home()
# Otherwise a page about CPU features comes before anything is done.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf
from keras import layers, ops

__all__ = ["keras", "layers", "ops", "tf"]
