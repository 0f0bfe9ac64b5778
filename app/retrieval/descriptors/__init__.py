"""Global descriptors: networks, pooling, whitening, style."""
