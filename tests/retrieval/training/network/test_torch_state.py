import pickle  # noqa: TID251  # what is read is one
import sys
from collections import OrderedDict
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from app.retrieval.training.network.torch_state import (
    MAGIC_NUMBER,
    PROTOCOL,
    read_state,
)


class Tensor:
    """What PyTorch's pickles say of one: a view of a storage."""

    def __init__(self, key, kind, offset, shape, strides):
        self.view: tuple[Any, ...] = (
            (key, kind),
            offset,
            shape,
            strides,
            False,
            OrderedDict(),
        )


class Storage(tuple[str, str]):
    """Key and class of a storage, which pickles only mention."""


class StatePickler(pickle.Pickler):
    """Pickler that names things as ``torch.save`` does."""

    def persistent_id(self, obj):
        if isinstance(obj, Storage):
            key, kind = obj
            return ("storage", getattr(sys.modules["torch"], kind), key, "cpu", 4, None)
        return None

    def reducer_override(self, obj):
        if isinstance(obj, Tensor):
            storage, *rest = obj.view
            rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
            return rebuild, (Storage(storage), *rest)
        return NotImplemented


@pytest.fixture
def named_as_torch(monkeypatch):
    """Modules with the names that pickles of PyTorch refer to."""

    def rebuild(*_arguments):
        raise AssertionError("never called: only its name is written")

    torch, utils = ModuleType("torch"), ModuleType("torch._utils")
    for name in ("FloatStorage", "LongStorage", "HalfStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))
    rebuild.__module__ = "torch._utils"
    rebuild.__qualname__ = rebuild.__name__ = "_rebuild_tensor_v2"
    setattr(utils, rebuild.__name__, rebuild)
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


@pytest.fixture
def write(named_as_torch, tmp_path):
    """Write a state and its storages as ``torch.save`` did."""

    def to_file(state, storages, magic=MAGIC_NUMBER):
        path = tmp_path / "state.pth"
        with path.open("wb") as file:
            for part in (magic, PROTOCOL, {"little_endian": True}):
                pickle.dump(part, file, protocol=2)
            StatePickler(file, protocol=2).dump(state)
            pickle.dump(list(storages), file, protocol=2)
            for elements in storages.values():
                file.write(np.int64(len(elements)).tobytes() + elements.tobytes())
        return path

    return to_file


def test_tensors_are_read_as_the_views_that_they_are(write):
    numbers = np.arange(8, dtype=np.float32)
    state = OrderedDict(
        rows=Tensor("a", "FloatStorage", 1, (2, 3), (3, 1)),
        columns=Tensor("a", "FloatStorage", 0, (2, 4), (1, 2)),
        count=Tensor("b", "LongStorage", 0, (), ()),
    )
    path = write(state, {"b": np.array([7]), "a": numbers})
    read = read_state(path)
    assert list(read) == ["rows", "columns", "count"]
    assert np.array_equal(read["rows"], numbers[1:7].reshape(2, 3))
    assert np.array_equal(read["columns"], numbers.reshape(4, 2).T)
    assert read["columns"].flags.c_contiguous
    assert read["count"] == 7


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [(1, (2, 2), (2, 1)), (0, (2,), (4,)), (-1, (2,), (1,)), (0, (2,), (-1,))],
)
def test_a_view_beyond_its_storage_is_refused(write, offset, shape, strides):
    state = OrderedDict(w=Tensor("a", "FloatStorage", offset, shape, strides))
    path = write(state, {"a": np.zeros(4, np.float32)})
    with pytest.raises(ValueError, match="too short"):
        read_state(path)


def test_elements_of_another_type_are_refused(write):
    state = OrderedDict(w=Tensor("a", "HalfStorage", 0, (2,), (1,)))
    path = write(state, {"a": np.zeros(2, np.float16)})
    with pytest.raises(ValueError, match=r"torch\.HalfStorage has no place"):
        read_state(path)


def test_a_pickle_that_would_call_something_is_refused(write):
    class Evil:
        def __reduce__(self):
            return print, ("called",)

    with pytest.raises(ValueError, match=r"print has no place"):
        read_state(write(OrderedDict(w=Evil()), {}))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_half_a_file_is_refused(write, share):
    state = OrderedDict(w=Tensor("a", "FloatStorage", 0, (4,), (1,)))
    path = write(state, {"a": np.zeros(4, np.float32)})
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match="state"):
        read_state(path)


def test_another_file_is_refused(write, tmp_path):
    with pytest.raises(ValueError, match="not a state file"):
        read_state(write(OrderedDict(), {}, magic=1))
    (tmp_path / "zip.pth").write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(ValueError, match="not a state file"):
        read_state(tmp_path / "zip.pth")
