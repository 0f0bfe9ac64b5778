#!/bin/sh
# opencv-python-headless 5.0.0.93: a convolution with auto_pad=SAME_UPPER and stride 2 is
# wrong where a side is even, without a word.
#
# Guess: cv2.dnn computes what ONNX says of auto_pad: "pad so that output_shape[i] =
# ceil(input_shape[i] / strides[i])", what is odd of the padding at the end; other engines
# agree with it to rounding, and so will the new engine of OpenCV 5.
# Seen on Python 3.11: sides of 7 agree with onnxruntime 1.32.0 to rounding. Sides of 8 give
# an output of the right shape whose numbers are those of another place: the same as with
# one pad at the beginning, where SAME_UPPER has it at the end. The same convolution with
# its pads written out agrees for both sides. Networks of TensorFlow and Keras are full of
# such convolutions: EfficientNet's first layer is one.
# So: pads are written out in what OpenCV is given, and each network's results are compared
# with those of another engine before they are believed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  opencv-python-headless==5.0.0.93 onnx==1.23.2 onnxruntime==1.32.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys

import cv2
import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper, save


def network(side, **padding):
    kernel = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    node = helper.make_node("Conv", ["x", "k"], ["y"], kernel_shape=[3, 3],
                            strides=[2, 2], **padding)
    out = (side + 1) // 2
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, side, side])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, out, out])],
        [numpy_helper.from_array(kernel, "k")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    checker.check_model(model)
    return model


def run_both(model, picture):
    path = f"{sys.argv[1]}/network.onnx"
    save(model, path)
    theirs = onnxruntime.InferenceSession(path).run(None, {"x": picture})[0]
    net = cv2.dnn.readNetFromONNX(path, cv2.dnn.ENGINE_NEW)
    net.setInput(picture)
    return theirs, net.forward()


found = {}
for side in (7, 8):
    picture = np.random.default_rng(side).random((1, 1, side, side), np.float32)
    begin, end = (1, 1) if side % 2 else (0, 1)
    for name, padding in (("SAME_UPPER", {"auto_pad": "SAME_UPPER"}),
                          ("pads", {"pads": [begin, begin, end, end]})):
        right, ours = run_both(network(side, **padding), picture)
        found[side, name] = right.shape == ours.shape and np.allclose(right, ours, atol=1e-4)
        print(f"side {side}, {name}: {'same' if found[side, name] else 'other numbers'}")
        if not found[side, name]:
            shifted, _ = run_both(network(side, pads=[1, 1, 0, 0]), picture)
            is_shifted = np.allclose(shifted, ours, atol=1e-4)
            print("  as with the pad at the beginning:", is_shifted)
            found["shifted"] = is_shifted
seen = {(7, "SAME_UPPER"): True, (7, "pads"): True, (8, "SAME_UPPER"): False,
        "shifted": True, (8, "pads"): True}
if found != seen:
    sys.exit(f"This is not what was seen with OpenCV 5.0.0: {found}")
PYTHON
