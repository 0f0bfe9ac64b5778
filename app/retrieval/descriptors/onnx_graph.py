"""Translation of OpenVINO's graphs to ONNX, so that OpenCV can run them as well.

What is written is the graph alone: its weights are those of OpenVINO's ``.bin``, which
ONNX finds by place and length. OpenVINO could run the ONNX graph too, and would hold
35 MB more in each process: it unpacks weights that are not marked as its own are.

OpenVINO writes no ONNX. TensorFlow's converter does, of networks that are still in
Keras; here, model folders that were made before get their graph as well. What OpenVINO
leaves of our networks is little: `SAME` and `SPECIAL`, which broadcast as ONNX does.
"""

import mmap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from app.retrieval.descriptors.graph import ONNX_SUFFIX, WEIGHTS_SUFFIX
from app.retrieval.descriptors.openvino_network import (
    add_probabilities,
    map_file,
    read_model,
)
from app.retrieval.errors import TrainingError
from app.retrieval.files.atomic import write_atomically
from app.retrieval.runtime.openvino import Model

OPERATIONS_VERSION, FORMAT_VERSION = 13, 7
"""Of ONNX' operations, and of its files: those of 2020, which all engines read."""
TYPES: Mapping[str, int] = MappingProxyType(
    {
        "f32": TensorProto.FLOAT,
        "f16": TensorProto.FLOAT16,
        # Shapes, axes and indices are of 64 bits in ONNX.
        "i32": TensorProto.INT64,
        "i64": TensorProto.INT64,
        "boolean": TensorProto.BOOL,
    }
)
SAME: Mapping[str, str] = MappingProxyType(
    {
        "Add": "Add",
        "Divide": "Div",
        "Greater": "Greater",
        "Less": "Less",
        "Log": "Log",
        "Maximum": "Max",
        "Minimum": "Min",
        "Multiply": "Mul",
        "Power": "Pow",
        "Relu": "Relu",
        "Reshape": "Reshape",
        "Select": "Where",
        "ShapeOf": "Shape",
        "Subtract": "Sub",
    }
)
"""Operations of the same inputs, by OpenVINO's names, and those of ONNX."""
Padding: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""Pixels before and behind, (height, width) each."""


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
    translation = _Translation(graph, weights, _paddings(model, graph, sizes))
    for node in model.get_ordered_ops():
        translation.take(node)
    path = graph.with_suffix(ONNX_SUFFIX)
    written = translation.finish(model)
    write_atomically(path, written.SerializeToString(deterministic=True))
    return path


class _Translation:
    """State of a translation: operations, numbers, and the names of values."""

    def __init__(
        self, graph: Path, weights: mmap.mmap, paddings: Mapping[str, Padding]
    ) -> None:
        self.graph = graph
        self.paddings = paddings
        self._first = np.frombuffer(weights, np.uint8).ctypes.data
        self._length = len(weights)
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, onnx.TensorProto] = {}
        self._names: dict[tuple[str, int], str] = {}

    def take(self, node: Any) -> None:
        """Translate a node; those that it depends on were taken before."""
        kind = node.get_type_name()
        if kind in SAME:
            self.add(SAME[kind], inputs_of(self, node), node)
        elif kind in SPECIAL:
            SPECIAL[kind](self, node)
        else:
            raise self.unknown(kind)

    def unknown(self, kind: str) -> TrainingError:
        """Say that there is no translation of a kind of operation."""
        return TrainingError(
            f"{self.graph} cannot be written for OpenCV: {kind} is not known."
        )

    def name(self, node: Any, output: int = 0) -> str:
        """Name a value."""
        key = (node.get_name(), output)
        return self._names.setdefault(key, f"{len(self._names)}")

    def rename(self, node: Any, name: str) -> None:
        """Let a node's value be called otherwise."""
        self._names[(node.get_name(), 0)] = name

    def add(
        self,
        operation: str,
        inputs: Sequence[str],
        output: Any,
        *further: str,
        **attributes: Any,
    ) -> None:
        """Add an operation; its output is named, or is that of a node."""
        first = output if isinstance(output, str) else self.name(output)
        self._nodes.append(
            helper.make_node(operation, inputs, [first, *further], **attributes)
        )

    def small(self, numbers: Any, name: str) -> str:
        """Add few numbers, as they are."""
        array = np.asarray(numbers)
        if np.issubdtype(array.dtype, np.integer):
            array = array.astype(np.int64)
        self._tensors[name] = numpy_helper.from_array(array, name)
        return name

    def numbers(self, node: Any, name: str, shape: Sequence[int] | None = None) -> str:
        """Add what a constant holds, as float32 if it is of floats."""
        constant = unpacked(node)
        array = data_of(constant)
        if array.dtype == np.float16:
            self._refer(
                array, f"{name} packed", array.shape if shape is None else shape
            )
            self.add("Cast", [f"{name} packed"], name, to=TensorProto.FLOAT)
        elif array.dtype == np.float32 and array.ndim:
            self._refer(array, name, array.shape if shape is None else shape)
        else:
            self.small(array, name)
        return name

    def pads(self, node: Any) -> list[int]:
        """Say what a node pads by."""
        begin, end = self.paddings[node.get_name()]
        return [*begin, *end]

    def finish(self, model: Model) -> onnx.ModelProto:
        """Make one of all that was taken and has an effect."""
        needed = {port.get_any_name() for port in model.outputs}
        nodes = []
        for node in reversed(self._nodes):
            if needed & set(node.output):
                nodes.append(node)
                needed |= set(node.input)
        graph = helper.make_graph(
            nodes[::-1],
            self.graph.stem,
            [_port(port) for port in model.inputs],
            [_port(port) for port in model.outputs],
            [tensor for name, tensor in self._tensors.items() if name in needed],
        )
        return helper.make_model(
            graph,
            producer_name="morelli",
            opset_imports=[helper.make_opsetid("", OPERATIONS_VERSION)],
            ir_version=FORMAT_VERSION,
        )

    def _refer(self, array: NDArray[Any], name: str, shape: Sequence[int]) -> None:
        """Add numbers by their place among the weights."""
        offset = array.ctypes.data - self._first
        if not 0 <= offset <= self._length - array.nbytes:
            raise TrainingError(f"{self.graph} has numbers beside its weights.")
        tensor = TensorProto(
            name=name,
            dims=shape,
            data_type=helper.np_dtype_to_tensor_dtype(array.dtype),
            data_location=TensorProto.EXTERNAL,
        )
        facts = {
            "location": self.graph.with_suffix(WEIGHTS_SUFFIX).name,
            "offset": str(offset),
            "length": str(array.nbytes),
        }
        for key, value in facts.items():
            tensor.external_data.add(key=key, value=value)
        self._tensors[name] = tensor


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


def _port(port: Any) -> onnx.ValueInfoProto:
    name = port.get_any_name()
    sides = [
        side.get_length() if side.is_static else f"{name} {axis}"
        for axis, side in enumerate(port.get_partial_shape())
    ]
    kind = TYPES[port.get_element_type().get_type_name()]
    return helper.make_tensor_value_info(name, kind, sides)


def source(node: Any, place: int) -> Any:
    """Return the node that one of a node's inputs comes from."""
    return node.input_value(place).get_node()


def inputs_of(translation: _Translation, node: Any) -> list[str]:
    """Name all inputs of a node."""
    ports = [port.get_source_output() for port in node.inputs()]
    return [translation.name(port.get_node(), port.get_index()) for port in ports]


def unpacked(node: Any) -> Any:
    """Return the constant that a node unpacks; the node itself if it does not."""
    if node.get_type_name() == "Convert":
        constant = source(node, 0)
        if constant.get_type_name() == "Constant":
            return constant
    return node


def data_of(node: Any) -> NDArray[Any]:
    """Return what a constant holds, where it lies."""
    return np.asarray(node.get_data())


def axes_of(node: Any) -> list[int]:
    """Return the numbers that are a node's second input."""
    return [int(axis) for axis in np.atleast_1d(data_of(source(node, 1)))]


def _parameter(translation: _Translation, node: Any) -> None:
    translation.rename(node, node.output(0).get_any_name())


def _constant(translation: _Translation, node: Any) -> None:
    if data_of(node).dtype != np.float16:  # which the next node unpacks
        translation.numbers(node, translation.name(node))


def _convert(translation: _Translation, node: Any) -> None:
    if unpacked(node) is not node:
        translation.numbers(node, translation.name(node))
        return
    kind = TYPES[node.get_attributes()["destination_type"]]
    translation.add("Cast", inputs_of(translation, node), node, to=kind)


def _transpose(translation: _Translation, node: Any) -> None:
    values = inputs_of(translation, node)[:1]
    translation.add("Transpose", values, node, perm=axes_of(node))


def _convolution(translation: _Translation, node: Any) -> None:
    """Translate a convolution; OpenVINO counts groups as a side of the weights."""
    facts = node.get_attributes()
    pixels, weights = inputs_of(translation, node)
    groups = 1
    if node.get_type_name() == "GroupConvolution":
        packed = source(node, 1)
        groups, outputs, *rest = data_of(unpacked(packed)).shape
        name = f"{weights} grouped"
        weights = translation.numbers(packed, name, (groups * outputs, *rest))
    translation.add(
        "Conv",
        [pixels, weights],
        node,
        strides=facts["strides"],
        dilations=facts["dilations"],
        pads=translation.pads(node),
        group=groups,
    )


def _max_pool(translation: _Translation, node: Any) -> None:
    _pool(translation, node, "MaxPool")


def _average_pool(translation: _Translation, node: Any) -> None:
    counts_padding = int(not node.get_attributes()["exclude-pad"])
    _pool(translation, node, "AveragePool", count_include_pad=counts_padding)


def _pool(
    translation: _Translation, node: Any, operation: str, **attributes: Any
) -> None:
    facts = node.get_attributes()
    translation.add(
        operation,
        inputs_of(translation, node),
        node,
        kernel_shape=facts["kernel"],
        strides=facts["strides"],
        pads=translation.pads(node),
        **attributes,
    )


def _pad(translation: _Translation, node: Any) -> None:
    name = translation.name(node)
    pads = [data_of(source(node, place)) for place in (1, 2)]
    values = inputs_of(translation, node)
    amounts = translation.small(np.concatenate(pads), f"{name} pads")
    mode = node.get_attributes()["pad_mode"]
    translation.add("Pad", [values[0], amounts, *values[3:]], node, mode=mode)


def _clamp(translation: _Translation, node: Any) -> None:
    facts, name = node.get_attributes(), translation.name(node)
    limits = [
        translation.small(np.float32(facts[limit]), f"{name} {limit}")
        for limit in ("min", "max")
    ]
    translation.add("Clip", [*inputs_of(translation, node), *limits], node)


def _unsqueeze(translation: _Translation, node: Any) -> None:
    axes = translation.small(axes_of(node), f"{translation.name(node)} axes")
    values = inputs_of(translation, node)[:1]
    translation.add("Unsqueeze", [*values, axes], node)


def _slice(translation: _Translation, node: Any) -> None:
    """Translate ``[..., i]``: a colour, where a network wants them in another order."""
    facts = node.get_attributes()
    if (facts["ellipsis_mask"], facts["shrink_axis_mask"]) != ([1, 0], [0, 1]):
        raise translation.unknown("StridedSlice of a range")
    name = translation.name(node)
    index = translation.small(np.int64(axes_of(node)[1]), f"{name} index")
    values = inputs_of(translation, node)[:1]
    translation.add("Gather", [*values, index], node, axis=-1)


def _gather(translation: _Translation, node: Any) -> None:
    axis = int(data_of(source(node, 2)))
    values = inputs_of(translation, node)[:2]
    translation.add("Gather", values, node, axis=axis)


def _concat(translation: _Translation, node: Any) -> None:
    axis = node.get_attributes()["axis"]
    translation.add("Concat", inputs_of(translation, node), node, axis=axis)


def _softmax(translation: _Translation, node: Any) -> None:
    axis = node.get_attributes()["axis"]
    translation.add("Softmax", inputs_of(translation, node), node, axis=axis)


def _top_k(translation: _Translation, node: Any) -> None:
    name = translation.name(node)
    values = inputs_of(translation, node)
    count = translation.small(axes_of(node), f"{name} count")
    axis = node.get_attributes()["axis"]
    # The largest, and sorted: what ONNX does unless it is told otherwise.
    indices = translation.name(node, 1)
    translation.add("TopK", [values[0], count], node, indices, axis=axis)


def _sum(translation: _Translation, node: Any) -> None:
    axes = translation.small(axes_of(node), f"{translation.name(node)} axes")
    values = inputs_of(translation, node)[:1]
    translation.add("ReduceSum", [*values, axes], node, keepdims=_keeps(node))


def _mean(translation: _Translation, node: Any) -> None:
    _reduce(translation, node, "ReduceMean")


def _largest(translation: _Translation, node: Any) -> None:
    _reduce(translation, node, "ReduceMax")


def _reduce(translation: _Translation, node: Any, operation: str) -> None:
    values, axes = inputs_of(translation, node)[:1], axes_of(node)
    translation.add(operation, values, node, axes=axes, keepdims=_keeps(node))


def _any(translation: _Translation, node: Any) -> None:
    """Translate a logical or, which ONNX has not, by the largest of 0 and 1."""
    name, axes = translation.name(node), axes_of(node)
    numbers, largest = f"{name} numbers", f"{name} largest"
    values = inputs_of(translation, node)[:1]
    translation.add("Cast", values, numbers, to=TensorProto.FLOAT)
    keeps = _keeps(node)
    translation.add("ReduceMax", [numbers], largest, axes=axes, keepdims=keeps)
    translation.add("Cast", [largest], node, to=TensorProto.BOOL)


def _keeps(node: Any) -> int:
    return int(node.get_attributes()["keep_dims"])


def _product(translation: _Translation, node: Any) -> None:
    facts, name = node.get_attributes(), translation.name(node)
    factors = inputs_of(translation, node)
    for place, turned in enumerate((facts["transpose_a"], facts["transpose_b"])):
        if turned:
            *order, rows, columns = range(len(node.input(place).get_partial_shape()))
            order += [columns, rows]
            factor = f"{name} factor {place}"
            translation.add("Transpose", [factors[place]], factor, perm=order)
            factors[place] = factor
    translation.add("MatMul", factors, node)


def _result(translation: _Translation, node: Any) -> None:
    [value] = inputs_of(translation, node)
    name = node.input(0).get_source_output().get_any_name()
    translation.add("Identity", [value], name)


SPECIAL: Mapping[str, Callable[[_Translation, Any], None]] = MappingProxyType(
    {
        "AvgPool": _average_pool,
        "Clamp": _clamp,
        "Concat": _concat,
        "Constant": _constant,
        "Convert": _convert,
        "Convolution": _convolution,
        "Gather": _gather,
        "GroupConvolution": _convolution,
        "MatMul": _product,
        "MaxPool": _max_pool,
        "Pad": _pad,
        "Parameter": _parameter,
        "ReduceLogicalOr": _any,
        "ReduceMax": _largest,
        "ReduceMean": _mean,
        "ReduceSum": _sum,
        "Result": _result,
        "Softmax": _softmax,
        "StridedSlice": _slice,
        "TopK": _top_k,
        "Transpose": _transpose,
        "Unsqueeze": _unsqueeze,
    }
)
"""Operations whose inputs or attributes are others in ONNX, by OpenVINO's names."""
