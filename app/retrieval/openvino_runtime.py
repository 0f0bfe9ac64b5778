"""OpenVINO without its telemetry: the one place that imports it.

``import openvino`` reports itself to an analytics host and leaves a client id in the
home folder, unless the module that does so cannot be imported: then OpenVINO uses a
stand-in of its own that says nothing. A museum's server speaks to nobody unasked, so
that module is barred first, and everybody imports OpenVINO from here.
"""

import sys

# None bars an import, says the language's reference; typeshed knows modules only.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

from openvino import CompiledModel, Core, Model, Type, save_model
from openvino.preprocess import PrePostProcessor

__all__ = ["CompiledModel", "Core", "Model", "PrePostProcessor", "Type", "save_model"]
