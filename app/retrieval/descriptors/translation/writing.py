"""Translation of OpenVINO's graphs to ONNX, so that OpenCV can run them as well.

What is written is the graph alone: its weights are those of OpenVINO's ``.bin``, which
ONNX finds by place and length. OpenVINO could run the ONNX graph too, and would hold
35 MB more in each process: it unpacks weights that are not marked as its own are.

OpenVINO writes no ONNX. TensorFlow's converter does, of networks that are still in
Keras; here, model folders that were made before get their graph as well.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.retrieval.descriptors.graph import ONNX_SUFFIX, WEIGHTS_SUFFIX
from app.retrieval.descriptors.openvino_network import (
    add_probabilities,
    map_file,
    read_model,
)
from app.retrieval.descriptors.translation.document import Padding, Translation
from app.retrieval.descriptors.translation.operations import translate
from app.retrieval.errors import TrainingError
from app.retrieval.files.atomic import write_atomically
from app.retrieval.runtime.openvino import Model


def write_onnx(graph: Path, sizes: Sequence[tuple[int, int]]) -> Path:
    """Write a graph of OpenVINO as ONNX beside it, with the same weights.

    Parameters
    ----------
    graph : Path
        ``….xml``, with its weights beside it as ``.bin``.
    sizes : sequence of (height, width)
        Of the pictures that it is for. What is padded follows from them: OpenCV leaves
        out a row where a picture of an even side is halved.

    Returns
    -------
    path : Path
        ``….onnx``.

    Raises
    ------
    TrainingError
        If the graph has an operation that is not known here, or pads one of the sizes
        otherwise than another.
    """
    weights = map_file(graph.with_suffix(WEIGHTS_SUFFIX))
    model = read_model(graph, weights)
    add_probabilities(model)
    translation = Translation(graph, weights, _paddings(model, graph, sizes))
    for node in model.get_ordered_ops():
        translate(translation, node)
    path = graph.with_suffix(ONNX_SUFFIX)
    written = translation.finish(model)
    write_atomically(path, written.SerializeToString(deterministic=True))
    return path


def _paddings(
    model: Model, graph: Path, sizes: Sequence[tuple[int, int]]
) -> Mapping[str, Padding]:
    """Find what each node pads pictures of these sizes by."""
    before = model.input().partial_shape
    found: dict[str, Padding] = {}
    for size in sizes:
        model.reshape([1, *size, 3])
        for node in model.get_ops():
            facts = node.get_attributes()
            if "pads_begin" not in facts:
                continue
            padding = tuple(facts["pads_begin"]), tuple(facts["pads_end"])
            if found.setdefault(node.get_name(), padding) != padding:
                raise TrainingError(
                    f"{graph} cannot be written for OpenCV: it pads pictures of "
                    f"{size[1]}×{size[0]} pixels otherwise than those of other sizes."
                )
    model.reshape(before)
    return found
