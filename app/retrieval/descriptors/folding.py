"""Folding of batch normalisation into convolutions, for weights of PyTorch networks.

At inference batch normalisation is a scale and an offset of each channel, which can as
well be in the convolution before it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BODY = "body."
"""Prefix of the sequence in a state: ``body.N.0`` is a convolution without bias,
``body.N.1`` its batch normalisation, with N rising."""
EPSILON = 1e-5
"""Of PyTorch's batch normalisation."""
_HEAD: Mapping[str, str] = {
    "classes/kernel": "kernel",
    "classes/bias": "bias",
    "descriptor/mean": "mean",
    "descriptor/projection": "proj",
}
"""Our names of the head's weights, and those in a state."""


def is_torch_state(arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Tell whether arrays by name are the state of such a sequence."""
    return any(key.startswith(BODY) for key in arrays)


def fold_torch_state(
    state: Mapping[str, NDArray[Any]], convolutions: Sequence[str]
) -> Mapping[str, NDArray[Any]]:
    """Name and shape a state as ours, without its batch normalisation.

    Parameters
    ----------
    state : mapping of str to array
        Of a sequence as `BODY` says, and a class head and projection, if it has them.
    convolutions : sequence of str
        Names of our convolutions, in the sequence's order.

    Returns
    -------
    arrays : mapping of str to float32 array
        By ``layer/weight``; of as many convolutions as both have.

    Raises
    ------
    KeyError
        If a convolution has no batch normalisation.
    """
    numbers = sorted(
        int(key.split(".")[1])
        for key in state
        if key.startswith(BODY) and key.endswith(".0.weight")
    )
    arrays: dict[str, NDArray[Any]] = {}
    for number, name in zip(numbers, convolutions, strict=False):
        kernel, scale, offset, mean, variance = (
            state[f"{BODY}{number}.{part}"].astype(np.float32)
            for part in (
                "0.weight",
                "1.weight",
                "1.bias",
                "1.running_mean",
                "1.running_var",
            )
        )
        gain = scale / np.sqrt(variance + EPSILON)
        arrays[f"{name}/kernel"] = (kernel * gain[:, None, None, None]).transpose(
            2, 3, 1, 0
        )
        arrays[f"{name}/bias"] = offset - mean * gain
    for ours, theirs in _HEAD.items():
        if theirs in state:
            arrays[ours] = state[theirs].astype(np.float32)
    return arrays
