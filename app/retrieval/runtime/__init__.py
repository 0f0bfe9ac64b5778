"""Libraries under our terms: OpenVINO without telemetry, Keras, folders, threads."""
