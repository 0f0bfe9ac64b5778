"""Retrieval library: from a photo to the works that it may show.

It knows NumPy, OpenCV, OpenVINO, Annoy and, in its training parts only, Keras.
It knows nothing of requests, users or databases.
"""
