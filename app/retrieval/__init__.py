"""Visual retrieval library: from a photo to the works it may show.

It knows NumPy, OpenCV, OpenVINO, Annoy and, in its training parts only, Keras.
It knows nothing of requests, users or databases.
"""
