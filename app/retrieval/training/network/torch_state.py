"""Reader of PyTorch state files without PyTorch.

What ``torch.save`` wrote before version 1.6 is a sequence of pickles (magic number,
protocol, sizes of types, the state, the keys of its storages), then the storages in the
order of these keys: a number of elements in eight bytes, and the elements. A tensor of
the state is a view of a storage: offset, shape and strides.

Pickles can call anything, so these may only name what a state of tensors consists of.
"""

import pickle  # noqa: TID251  # what is to be read is one; see _StateUnpickler
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

State: TypeAlias = Mapping[str, NDArray[Any]]
"""Tensors by name."""
MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
COUNT = np.dtype("<i8")
ELEMENTS: Mapping[str, np.dtype[Any]] = MappingProxyType(
    {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
)
"""By the storage classes that may occur."""
FAULTS = (
    pickle.UnpicklingError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)
"""That reading a file that is something else, or not whole, can end in."""


@dataclass(frozen=True, slots=True)
class _Tensor:
    """View of a storage, as the state says it; strides in elements."""

    key: str
    dtype: np.dtype[Any]
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, storage: NDArray[Any]) -> NDArray[Any]:
        """Return the elements, copied, after a look whether the storage has them."""
        last = self.offset + sum(
            (size - 1) * stride
            for size, stride in zip(self.shape, self.strides, strict=True)
        )
        sizes = (self.offset, *self.shape, *self.strides)
        if min(sizes) < 0 or (0 not in self.shape and last >= len(storage)):
            raise ValueError(f"storage {self.key} is too short for {self.shape}")
        strides = [stride * storage.itemsize for stride in self.strides]
        return as_strided(storage[self.offset :], self.shape, strides).copy()


class _StateUnpickler(pickle.Unpickler):
    """Unpickler that knows nothing but ordered dicts and tensors."""

    def find_class(self, module: str, name: str) -> Any:
        """Resolve a name, if it is one of those that a state needs."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self._tensor
        if module == "torch" and name in ELEMENTS:
            return ELEMENTS[name]
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a state file")

    def persistent_load(self, pid: Any) -> tuple[str, np.dtype[Any]]:
        """Resolve a storage to its key and the type of its elements."""
        kind, dtype, key, _device, _count, part = pid
        if kind != "storage" or part is not None:
            raise pickle.UnpicklingError(f"{kind} of {key} is not a whole storage")
        return key, dtype

    @staticmethod
    def _tensor(
        storage: tuple[str, np.dtype[Any]],
        offset: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        *_of_training: Any,
    ) -> _Tensor:
        return _Tensor(*storage, offset, shape, strides)


def read_state(path: Path) -> State:
    """Read the tensors of a state file by name.

    Parameters
    ----------
    path : Path
        As ``torch.save`` wrote it before version 1.6, or since with
        ``_use_new_zipfile_serialization=False``.

    Returns
    -------
    state : mapping of str to array
        float32 or int64, contiguous.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not such a file, or not whole.
    """
    with path.open("rb") as file:
        try:
            return _read(file)
        except FAULTS as error:
            raise ValueError(f"{path.name} is not a state file: {error}") from error


def _read(file: IO[bytes]) -> State:
    for expected in (MAGIC_NUMBER, PROTOCOL):
        if _StateUnpickler(file).load() != expected:
            raise ValueError(f"its protocol is not {PROTOCOL}")
    _StateUnpickler(file).load()  # sizes of types, which the names of storages say
    state, keys = (_StateUnpickler(file).load() for _ in range(2))
    types = {tensor.key: tensor.dtype for tensor in state.values()}
    storages = {key: _storage(file, types[key]) for key in keys}
    return {name: tensor.of(storages[tensor.key]) for name, tensor in state.items()}


def _storage(file: IO[bytes], dtype: np.dtype[Any]) -> NDArray[Any]:
    count = int(np.frombuffer(file.read(COUNT.itemsize), COUNT)[0])
    content = file.read(count * dtype.itemsize)
    return np.frombuffer(content, dtype, count)
