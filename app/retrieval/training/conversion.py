"""Graphs for OpenCV, written beside those for OpenVINO and compared with them.

A server without OpenVINO runs a model's networks in OpenCV. Indexes and searches of
either engine fit together, so an engine that computes anything else is found out here.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from app.retrieval.descriptors.global_descriptor import GRAPH_FILE
from app.retrieval.descriptors.graph import Graph
from app.retrieval.descriptors.manifest import FULL_PRECISION, ModelManifest
from app.retrieval.descriptors.opencv_network import OpenCVNetwork
from app.retrieval.descriptors.openvino_network import OpenVINONetwork
from app.retrieval.descriptors.results import DESCRIPTOR
from app.retrieval.descriptors.semantic import (
    SEMANTIC_GRAPH_FILE,
    SemanticManifest,
    has_semantic_part,
)
from app.retrieval.descriptors.translation.writing import write_onnx
from app.retrieval.errors import TrainingError
from app.retrieval.types import Image

LEAST_COSINE = 0.9999
"""Of what both engines say of a picture; rounding alone takes 0.0000002 off."""


def convert(model_dir: Path) -> Sequence[Path]:
    """Write the networks of a model folder for OpenCV as well.

    Nothing that is there changes: an index that was made with the model stays good.

    Returns
    -------
    written : sequence of Path

    Raises
    ------
    ArtefactError
        If there is no such model folder, or a file is damaged.
    TrainingError
        If OpenCV cannot run a network, or computes anything else.
    """
    manifest = ModelManifest.read(model_dir)
    Graph.open(model_dir / GRAPH_FILE, manifest.dimension)  # is whole
    written = [write_for_opencv(model_dir / GRAPH_FILE, manifest.frames)]
    if has_semantic_part(model_dir):
        semantic = SemanticManifest.read(model_dir)
        Graph.open(model_dir / SEMANTIC_GRAPH_FILE, semantic.dimension)
        sizes = [(semantic.side_px, semantic.side_px)]
        written.append(write_for_opencv(model_dir / SEMANTIC_GRAPH_FILE, sizes))
    return written


def write_for_opencv(graph: Path, sizes: Sequence[tuple[int, int]]) -> Path:
    """Write a graph for OpenCV, and see that it computes the same.

    Parameters
    ----------
    graph : Path
        ``….xml``.
    sizes : sequence of (height, width)
        Of the pictures that it is for.

    Raises
    ------
    TrainingError
        If OpenCV cannot run it, or computes anything else.
    """
    path = write_onnx(graph, sizes)
    try:
        _compare(graph, path, sizes)
    except TrainingError:
        path.unlink()  # better none than a wrong one
        raise
    return path


def _compare(graph: Path, path: Path, sizes: Sequence[tuple[int, int]]) -> None:
    exact = OpenVINONetwork(
        graph, threads=1, precision=FULL_PRECISION, all_classes=False
    )
    try:
        network = OpenCVNetwork(path, all_classes=False)
        for size in sizes:
            picture = _picture(size)
            one, other = (each.run(picture)[DESCRIPTOR] for each in (exact, network))
            if one @ other < LEAST_COSINE * np.linalg.norm(one) ** 2:
                raise TrainingError(
                    f"OpenCV computes something else than OpenVINO of {graph}, for "
                    f"pictures of {size[1]}×{size[0]} pixels."
                )
    except (cv2.error, ValueError) as error:
        raise TrainingError(f"OpenCV cannot run {path}: {error}") from error


def _picture(size: tuple[int, int]) -> Image:
    """Draw blotches of all colours, the same every time."""
    noise = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    drawn = cv2.resize(noise, size[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(drawn, np.uint8)
