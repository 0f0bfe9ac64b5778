"""Files of a trained model's folder."""

from pathlib import Path

from app.retrieval.descriptors.global_descriptor import GRAPH_FILE
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.network import export
from app.retrieval.descriptors.weights import save_weights
from app.retrieval.runtime.keras import keras

WEIGHTS_FILE = "weights.npz"
CARD_FILE = "MODEL_CARD.md"


def write_network(network: keras.Model, manifest: ModelManifest, folder: Path) -> None:
    """Write a float32 network's OpenVINO graph, weights and manifest."""
    manifest.write(folder)
    export(network, folder / GRAPH_FILE)
    save_weights(network, folder / WEIGHTS_FILE)
