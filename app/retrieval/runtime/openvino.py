"""Import of OpenVINO without its telemetry: the one place that imports it.

``import openvino`` also imports the converter of other frameworks' models, which is not
needed to run a network, and which reports every start to an analytics host and leaves a
client id in the home folder. OpenVINO does without where these modules cannot be
imported, so they are barred first; a museum's server speaks to nobody unasked, and
starts faster and smaller.
"""

import sys
from importlib import import_module

CONVERTER, TELEMETRY = "openvino.tools.ovc", "openvino_telemetry"
for barred in (CONVERTER, TELEMETRY):
    # None bars an import, says the language's reference; typeshed knows modules only.
    sys.modules[barred] = None  # type: ignore[assignment]

import openvino
from openvino import CompiledModel, Core, Model, Tensor, Type, save_model
from openvino.preprocess import PrePostProcessor

__all__ = [
    "CompiledModel",
    "Core",
    "Model",
    "PrePostProcessor",
    "Tensor",
    "Type",
    "load_converter",
    "load_plugin",
    "save_model",
]


def load_plugin() -> None:
    """Load what runs networks on this CPU; starts no thread.

    To be called before processes part: what loading it reads of its file, and writes
    into its tables, then belongs to none of them alone.
    """
    Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def load_converter() -> None:
    """Make up for ``openvino.convert_model``, which Keras' export calls.

    The telemetry stays barred; the converter has a stand-in for it that says nothing.
    """
    if sys.modules[CONVERTER] is None:
        del sys.modules[CONVERTER]
        openvino.convert_model = import_module(CONVERTER).convert_model
