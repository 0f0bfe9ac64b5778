"""Files of a trained model's folder."""

from pathlib import Path

from app.retrieval.descriptors.global_descriptor import GRAPH_FILE
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.network import export
from app.retrieval.descriptors.weights import save_weights
from app.retrieval.runtime.keras import keras
from app.retrieval.training.conversion import write_for_opencv

WEIGHTS_FILE = "weights.npz"
CARD_FILE = "MODEL_CARD.md"


def write_network(network: keras.Model, manifest: ModelManifest, folder: Path) -> None:
    """Write a float32 network's graphs for both engines, weights and manifest."""
    manifest.write(folder)
    export(network, folder / GRAPH_FILE)
    write_for_opencv(folder / GRAPH_FILE, manifest.frames)
    save_weights(network, folder / WEIGHTS_FILE)
