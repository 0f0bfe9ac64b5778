"""Network weights: saved as float16, loaded from own or published files.

Ours are float16 by the name of layer and weight, so they fit any network that has these
layers. A file that does not fit is refused by name, never read half.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.retrieval.descriptors.folding import fold_torch_state, is_torch_state
from app.retrieval.errors import WeightsUnavailableError
from app.retrieval.runtime.keras import keras

CLASSES = "classes"
HEAD = (CLASSES, "descriptor")
"""Layers after a backbone that have weights, as they follow each other."""
DOWNLOAD_TIMEOUT_SECONDS = 20.0
Published = Callable[..., keras.Model]
"""Makes a published network; takes Keras' ``weights`` and ``include_top``."""


def save_weights(network: keras.Model, path: Path) -> None:
    """Write all weights of a network as float16, by the name of their layer.

    Parameters
    ----------
    network : keras.Model
    path : Path
        ``.npz``; read again by `load_weights` and `build_backbone`.
    """
    arrays: dict[str, Any] = {
        f"{layer.name}/{weight.name}": np.asarray(weight, np.float16)
        for layer in network.layers
        for weight in layer.weights
    }
    np.savez_compressed(path, allow_pickle=False, **arrays)


def load_weights(network: keras.Model, path: Path, name: str) -> None:
    """Give a network the weights that `save_weights` wrote.

    Weights of layers that this network lacks are passed over: a backbone reads its
    part of a whole network's file. So are those of a sequence that PyTorch trained, its
    batch normalisation folded: see :mod:`app.retrieval.descriptors.folding`.

    Raises
    ------
    WeightsUnavailableError
        If a layer's weights are missing or have another shape.
    """
    arrays = _read_arrays(path, network)
    for layer in network.layers:
        for weight in layer.weights:
            key = f"{layer.name}/{weight.name}"
            if key not in arrays:
                raise unavailable(name, str(path), f"{key} is missing")
            if arrays[key].shape != tuple(weight.shape):
                reason = f"{key} is {arrays[key].shape}, not {tuple(weight.shape)}"
                raise unavailable(name, str(path), reason)
            weight.assign(arrays[key].astype(np.float32))


def load_head(network: keras.Model, path: Path) -> bool:
    """Give the layers after the backbone their weights of a file, if they fit.

    Parameters
    ----------
    network : keras.Model
        Of :func:`app.retrieval.descriptors.network.build_network`.
    path : Path

    Returns
    -------
    fits : bool
        Whether there is such an ``.npz`` file with as many classes; if not, nothing is
        changed. A projection of other lengths, or of joined poolings, is left out.
    """
    if path.suffix != ".npz" or not path.is_file():
        return False
    arrays = _read_arrays(path, network)
    for name in HEAD:
        weights = {f"{name}/{w.name}": w for w in network.get_layer(name).weights}
        fits = all(
            key in arrays and arrays[key].shape == tuple(weight.shape)
            for key, weight in weights.items()
        )
        if fits:
            for key, weight in weights.items():
                weight.assign(arrays[key].astype(np.float32))
        elif name == CLASSES:
            return False
    return True


def _read_arrays(path: Path, network: keras.Model) -> Mapping[str, NDArray[Any]]:
    """Read an ``.npz`` file, and name its arrays as those of the network."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {key: stored[key] for key in stored.files}
    if not is_torch_state(arrays):
        return arrays
    convolutions = [
        layer.name for layer in network.layers if isinstance(layer, keras.layers.Conv2D)
    ]
    return fold_torch_state(arrays, convolutions)


def load_file(
    network: keras.Model, name: str, path: Path, published: Published | None
) -> None:
    """Give a network the weights of any file that fits it.

    Parameters
    ----------
    network : keras.Model
    name : str
        Of the backbone, for messages.
    path : Path
        ``.npz`` of our own, ``.keras``, or ``.h5`` with or without the classifier.
    published : callable, optional
        Makes the whole published network, whose files have a classifier.

    Raises
    ------
    WeightsUnavailableError
        If there is no such file, or it does not fit.
    """
    if not path.is_file():
        raise unavailable(name, str(path), "there is no such file")
    try:
        if path.suffix == ".npz":
            load_weights(network, path, name)
        elif path.suffix == ".keras":
            whole = keras.models.load_model(path, compile=False)
            copy_weights(whole, network, name, str(path))
        elif (whole := load_classifier(path, published)) is not None:
            copy_weights(whole, network, name, str(path))
        else:
            network.load_weights(path)
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise unavailable(name, str(path), reason) from error


def load_classifier(path: Path, published: Published | None) -> keras.Model | None:
    """Load a whole published network; None if the file is of its beginning only.

    Parameters
    ----------
    path : Path
        ``.h5``; without the classifier if its name has ``notop`` in it, as Keras'
        own files are named.
    published : callable, optional
        Makes the network; None if nobody has published any.

    Raises
    ------
    ValueError, OSError, KeyError
        If the weights do not fit.
    """
    if published is None or path.suffix != ".h5" or "notop" in path.name:
        return None
    whole = published(weights=None, include_top=True)
    whole.load_weights(path)
    return whole


def copy_weights(
    source: keras.Model, target: keras.Model, name: str, weights: str
) -> None:
    """Copy the weights of all layers of ``target`` from those of the same name."""
    have = {layer.name: layer for layer in source.layers}
    for layer in target.layers:
        if not layer.weights:
            continue
        if layer.name not in have:
            raise unavailable(name, weights, f"layer {layer.name} is missing")
        arrays = have[layer.name].get_weights()
        shapes = [a.shape for a in arrays]
        if shapes != [tuple(w.shape) for w in layer.weights]:
            raise unavailable(name, weights, f"layer {layer.name} has {shapes}")
        layer.set_weights(arrays)


def unavailable(name: str, weights: str, reason: str) -> WeightsUnavailableError:
    """Say why weights cannot be had, and what needs none."""
    return WeightsUnavailableError(
        name, weights, reason, "The bundled model needs none: --weights bundled."
    )


@contextmanager
def impatient_sockets() -> Iterator[None]:
    """Limit how long Keras' downloads wait for a silent network."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(DOWNLOAD_TIMEOUT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
