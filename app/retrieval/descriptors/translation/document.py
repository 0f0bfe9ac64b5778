"""A graph in ONNX as it grows: its operations, its numbers, the names of its values."""

import mmap
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from app.retrieval.descriptors.graph import WEIGHTS_SUFFIX
from app.retrieval.errors import TrainingError
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
Padding: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""Pixels before and behind, (height, width) each."""


class Translation:
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

    def unknown(self, kind: str) -> TrainingError:
        """Say that there is no translation of a kind of operation."""
        return TrainingError(
            f"{self.graph} cannot be written for OpenCV: {kind} is not known."
        )

    def name(self, node: Any, output: int = 0) -> str:
        """Name a value."""
        key = (node.get_name(), output)
        return self._names.setdefault(key, f"{len(self._names)}")

    def inputs(self, node: Any) -> list[str]:
        """Name all inputs of a node."""
        ports = [port.get_source_output() for port in node.inputs()]
        return [self.name(port.get_node(), port.get_index()) for port in ports]

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
