"""Operations of OpenVINO's graphs in ONNX: those that our networks have.

They broadcast as ONNX' own do. What OpenVINO has as inputs is often an attribute there,
and the other way round.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from onnx import TensorProto

from app.retrieval.descriptors.translation.document import (
    TYPES,
    Translation,
    axes_of,
    data_of,
    source,
    unpacked,
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


def translate(translation: Translation, node: Any) -> None:
    """Translate a node; those that it depends on were translated before.

    Raises
    ------
    TrainingError
        If its operation is not known here.
    """
    kind = node.get_type_name()
    if kind in SAME:
        translation.add(SAME[kind], translation.inputs(node), node)
    elif kind in SPECIAL:
        SPECIAL[kind](translation, node)
    else:
        raise translation.unknown(kind)


def _parameter(translation: Translation, node: Any) -> None:
    translation.rename(node, node.output(0).get_any_name())


def _constant(translation: Translation, node: Any) -> None:
    if data_of(node).dtype != np.float16:  # which the next node unpacks
        translation.numbers(node, translation.name(node))


def _convert(translation: Translation, node: Any) -> None:
    if unpacked(node) is not node:
        translation.numbers(node, translation.name(node))
        return
    kind = TYPES[node.get_attributes()["destination_type"]]
    translation.add("Cast", translation.inputs(node), node, to=kind)


def _transpose(translation: Translation, node: Any) -> None:
    values = translation.inputs(node)[:1]
    translation.add("Transpose", values, node, perm=axes_of(node))


def _convolution(translation: Translation, node: Any) -> None:
    """Translate a convolution; OpenVINO counts groups as a side of the weights."""
    facts = node.get_attributes()
    pixels, weights = translation.inputs(node)
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


def _max_pool(translation: Translation, node: Any) -> None:
    _pool(translation, node, "MaxPool")


def _average_pool(translation: Translation, node: Any) -> None:
    counts_padding = int(not node.get_attributes()["exclude-pad"])
    _pool(translation, node, "AveragePool", count_include_pad=counts_padding)


def _pool(
    translation: Translation, node: Any, operation: str, **attributes: Any
) -> None:
    facts = node.get_attributes()
    translation.add(
        operation,
        translation.inputs(node),
        node,
        kernel_shape=facts["kernel"],
        strides=facts["strides"],
        pads=translation.pads(node),
        **attributes,
    )


def _pad(translation: Translation, node: Any) -> None:
    name = translation.name(node)
    pads = [data_of(source(node, place)) for place in (1, 2)]
    values = translation.inputs(node)
    amounts = translation.small(np.concatenate(pads), f"{name} pads")
    mode = node.get_attributes()["pad_mode"]
    translation.add("Pad", [values[0], amounts, *values[3:]], node, mode=mode)


def _clamp(translation: Translation, node: Any) -> None:
    facts, name = node.get_attributes(), translation.name(node)
    limits = [
        translation.small(np.float32(facts[limit]), f"{name} {limit}")
        for limit in ("min", "max")
    ]
    translation.add("Clip", [*translation.inputs(node), *limits], node)


def _unsqueeze(translation: Translation, node: Any) -> None:
    axes = translation.small(axes_of(node), f"{translation.name(node)} axes")
    values = translation.inputs(node)[:1]
    translation.add("Unsqueeze", [*values, axes], node)


def _slice(translation: Translation, node: Any) -> None:
    """Translate ``[..., i]``: a colour, where a network wants them in another order."""
    facts = node.get_attributes()
    if (facts["ellipsis_mask"], facts["shrink_axis_mask"]) != ([1, 0], [0, 1]):
        raise translation.unknown("StridedSlice of a range")
    name = translation.name(node)
    index = translation.small(np.int64(axes_of(node)[1]), f"{name} index")
    values = translation.inputs(node)[:1]
    translation.add("Gather", [*values, index], node, axis=-1)


def _gather(translation: Translation, node: Any) -> None:
    axis = int(data_of(source(node, 2)))
    values = translation.inputs(node)[:2]
    translation.add("Gather", values, node, axis=axis)


def _concat(translation: Translation, node: Any) -> None:
    axis = node.get_attributes()["axis"]
    translation.add("Concat", translation.inputs(node), node, axis=axis)


def _softmax(translation: Translation, node: Any) -> None:
    axis = node.get_attributes()["axis"]
    translation.add("Softmax", translation.inputs(node), node, axis=axis)


def _top_k(translation: Translation, node: Any) -> None:
    name = translation.name(node)
    values = translation.inputs(node)
    count = translation.small(axes_of(node), f"{name} count")
    axis = node.get_attributes()["axis"]
    # The largest, and sorted: what ONNX does unless it is told otherwise.
    indices = translation.name(node, 1)
    translation.add("TopK", [values[0], count], node, indices, axis=axis)


def _sum(translation: Translation, node: Any) -> None:
    axes = translation.small(axes_of(node), f"{translation.name(node)} axes")
    values = translation.inputs(node)[:1]
    translation.add("ReduceSum", [*values, axes], node, keepdims=_keeps(node))


def _mean(translation: Translation, node: Any) -> None:
    _reduce(translation, node, "ReduceMean")


def _largest(translation: Translation, node: Any) -> None:
    _reduce(translation, node, "ReduceMax")


def _reduce(translation: Translation, node: Any, operation: str) -> None:
    values, axes = translation.inputs(node)[:1], axes_of(node)
    translation.add(operation, values, node, axes=axes, keepdims=_keeps(node))


def _any(translation: Translation, node: Any) -> None:
    """Translate a logical or, which ONNX has not, by the largest of 0 and 1."""
    name, axes = translation.name(node), axes_of(node)
    numbers, largest = f"{name} numbers", f"{name} largest"
    values = translation.inputs(node)[:1]
    translation.add("Cast", values, numbers, to=TensorProto.FLOAT)
    keeps = _keeps(node)
    translation.add("ReduceMax", [numbers], largest, axes=axes, keepdims=keeps)
    translation.add("Cast", [largest], node, to=TensorProto.BOOL)


def _keeps(node: Any) -> int:
    return int(node.get_attributes()["keep_dims"])


def _product(translation: Translation, node: Any) -> None:
    facts, name = node.get_attributes(), translation.name(node)
    factors = translation.inputs(node)
    for place, turned in enumerate((facts["transpose_a"], facts["transpose_b"])):
        if turned:
            *order, rows, columns = range(len(node.input(place).get_partial_shape()))
            order += [columns, rows]
            factor = f"{name} factor {place}"
            translation.add("Transpose", [factors[place]], factor, perm=order)
            factors[place] = factor
    translation.add("MatMul", factors, node)


def _result(translation: Translation, node: Any) -> None:
    [value] = translation.inputs(node)
    name = node.input(0).get_source_output().get_any_name()
    translation.add("Identity", [value], name)


SPECIAL: Mapping[str, Callable[[Translation, Any], None]] = MappingProxyType(
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
