"""Learning of the semantic descriptor: a published network, whitened on pictures."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from app.retrieval.descriptors.graph import Graph
from app.retrieval.descriptors.network import export
from app.retrieval.descriptors.semantic import SEMANTIC_GRAPH_FILE, SemanticManifest
from app.retrieval.descriptors.whitening import learn_whitening
from app.retrieval.images.letterbox import stretch
from app.retrieval.training.components.notice import NAMES, WEIGHTS, semantic_notice
from app.retrieval.training.conversion import write_for_opencv
from app.retrieval.training.network.efficientnet_lite import SIDE_PX, class_names
from app.retrieval.training.network.semantic_network import (
    AGGREGATION,
    build_semantic_network,
)
from app.retrieval.types import Image

DIMENSION = 256
REGULARISATION = 0.1
POWER = 0.5
"""Of the whitening. It is learnt from what a museum has, mostly flat, and serves what
is in the round as well: whitened wholly, directions along which paintings hardly vary
would count as much as those that tell statues apart."""
NOTICE_FILE = "NOTICE.semantic.txt"


def learn_semantic(pictures: Iterable[Image], folder: Path) -> SemanticManifest:
    """Write the semantic part of a model folder, and the notice that goes with it.

    Parameters
    ----------
    pictures : iterable of (H, W, 3) uint8
        At least two, of works that are trained on.
    folder : Path

    Raises
    ------
    WeightsUnavailableError
        If the packages with the weights and the names are not there.
    """
    names = class_names()
    network = build_semantic_network(DIMENSION)
    with tempfile.TemporaryDirectory() as unlearnt:
        path = Path(unlearnt) / SEMANTIC_GRAPH_FILE
        export(network, path)
        graph = Graph.open(path, DIMENSION)
        pooled = [graph.run(stretch(each, SIDE_PX))["pooled"] for each in pictures]
    # The graph's aggregation scales vectors to unit length before it whitens them.
    vectors = np.stack(pooled) / np.linalg.norm(pooled, axis=1, keepdims=True)
    network.get_layer(AGGREGATION).set_whitening(
        learn_whitening(vectors, DIMENSION, regularisation=REGULARISATION, power=POWER)
    )
    export(network, folder / SEMANTIC_GRAPH_FILE)
    write_for_opencv(folder / SEMANTIC_GRAPH_FILE, [(SIDE_PX, SIDE_PX)])
    manifest = SemanticManifest(
        SIDE_PX, DIMENSION, names, {"weights": WEIGHTS, "class names": NAMES}
    )
    manifest.write(folder)
    (folder / NOTICE_FILE).write_text(semantic_notice(), encoding="utf-8")
    return manifest
