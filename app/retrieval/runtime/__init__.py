"""Imports and limits of third-party libraries: OpenVINO, Keras, folders, threads."""
