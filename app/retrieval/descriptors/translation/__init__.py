"""Translation of OpenVINO's graphs to ONNX, for OpenCV."""
