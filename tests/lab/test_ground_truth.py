"""The file of Oxford and Paris revisited: read as it is, refused where it is more."""

import os
import pickle  # noqa: TID251 - to make files as the benchmark's authors did
import subprocess
import sys
from contextlib import suppress

import numpy as np
import pytest

from app.lab import ground_truth
from app.lab.errors import LabError
from app.lab.ground_truth import GroundTruth, RevisitedQuery, read_ground_truth

FACTS = {"bbx": [136.5, 34.1, 648.5, 955.7], "easy": [0], "hard": [2], "junk": []}
CONTENT = {
    "imlist": ["all_souls_1", "all_souls_2", "ashmolean_3"],
    "qimlist": ["all_souls_13"],
    "gnd": [FACTS],
}
TRUTH = GroundTruth(
    ("all_souls_1", "all_souls_2", "ashmolean_3"),
    (RevisitedQuery("all_souls_13", (136, 34, 648, 956), (0,), (2,), ()),),
)


def changed(**facts):
    return {**CONTENT, "gnd": [{**FACTS, **facts}]}


def written(tmp_path, content, protocol=2):
    path = tmp_path / "gnd.pkl"
    path.write_bytes(pickle.dumps(content, protocol))
    return path


@pytest.mark.parametrize("protocol", range(6))
def test_lists_are_read(tmp_path, protocol):
    assert read_ground_truth(written(tmp_path, CONTENT, protocol)) == TRUTH


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint16, np.dtype(">i4")])
def test_arrays_are_read(tmp_path, protocol, kind):
    facts = {
        "bbx": np.array([136.5, 34.1, 648.5, 955.7], np.float32),
        "easy": np.array([0], kind),
        "hard": np.array([[2]], kind),
        "junk": np.array([], kind),
    }
    assert read_ground_truth(written(tmp_path, changed(**facts), protocol)) == TRUTH


@pytest.mark.parametrize("protocol", range(5))
def test_single_numbers_of_numpy_are_read(tmp_path, protocol):
    facts = {"easy": [np.int64(0)], "bbx": [np.float64(e) for e in (136, 34, 648, 956)]}
    assert read_ground_truth(written(tmp_path, changed(**facts), protocol)) == TRUTH


def test_python_2_wrote_bytes_and_old_names(tmp_path):
    # As Python 2 and its NumPy write an array of two int64, protocol 2.
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x01\x85cnumpy\ndtype\nU\x02i8K\x00K\x01\x87R"
        b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        b"U\x08\x02\x00\x00\x00\x00\x00\x00\x00tb"
    )
    plain = pickle.dumps(changed(hard="HERE"), 2)
    start = plain.index(b"X\x04\x00\x00\x00HERE")
    end = start + len(b"X\x04\x00\x00\x00HERE")
    path = tmp_path / "gnd.pkl"
    path.write_bytes(plain[:start] + array + plain[end:])
    assert read_ground_truth(path) == TRUTH


class Harmful:
    def __init__(self, function, *arguments):
        self._call = function, arguments

    def __reduce__(self):
        return self._call


@pytest.mark.parametrize(
    ("harmful", "named"),
    [
        (Harmful(os.system, "touch {}"), "system"),
        (Harmful(eval, "open('{}', 'w')"), "builtins.eval"),
        (Harmful(exec, "open('{}', 'w')"), "builtins.exec"),
        (Harmful(getattr, "a", "upper"), "builtins.getattr"),
        (Harmful(subprocess.check_output, ["touch", "{}"]), "subprocess.check_output"),
        (Harmful(np.load, "{}"), "numpy.load"),
        (Harmful(np.array, [1]), "numpy.array"),
    ],
)
@pytest.mark.parametrize("protocol", range(6))
def test_a_program_in_the_file_is_refused_and_does_not_run(
    tmp_path, harmful, named, protocol
):
    mark = tmp_path / "mark"
    function, arguments = harmful._call
    told = [
        a.format(mark) if isinstance(a, str) else [w.format(mark) for w in a]
        for a in arguments
        if isinstance(a, str) or isinstance(a[0], str)
    ]
    content = changed(junk=Harmful(function, *told) if told else harmful)
    with pytest.raises(LabError, match="is refused: it asks for") as caught:
        read_ground_truth(written(tmp_path, content, protocol))
    assert named.rpartition(".")[2] in str(caught.value)
    assert "could do harm" in str(caught.value)
    assert not mark.exists()


def test_nothing_is_imported_for_it(tmp_path):
    path = tmp_path / "gnd.pkl"
    path.write_bytes(b"cantigravity\nfly\n.")
    with pytest.raises(LabError, match=r"antigravity\.fly"):
        read_ground_truth(path)
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize(
    "array",
    [
        np.array([{}], object),
        np.array(["text"]),
        np.zeros(2, "i4,f8"),
        np.array(["2020-01-01"], "M8[D]"),
        np.array([1j]),
    ],
)
def test_arrays_of_anything_but_numbers_are_refused(tmp_path, array):
    with pytest.raises(LabError, match="refused: it asks for an array of"):
        read_ground_truth(written(tmp_path, changed(junk=array)))


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        "text",
        {**CONTENT, "gnd": []},
        {**CONTENT, "imlist": [1, 2, 3]},
        changed(easy=[3]),
        changed(easy=[-1]),
        changed(bbx=[1, 2, 3]),
        changed(bbx=None),
        changed(bbx=[float("inf")] * 4),
        changed(junk=["a"]),
    ],
)
def test_other_data_is_no_ground_truth(tmp_path, content):
    with pytest.raises(LabError, match="is no ground truth"):
        read_ground_truth(written(tmp_path, content))


@pytest.mark.parametrize(
    "data", [b"", b"no pickle", b"\x80\x05", pickle.dumps(CONTENT)[:-9], b"(" * 99]
)
def test_broken_files_are_no_ground_truth(tmp_path, data):
    path = tmp_path / "gnd.pkl"
    path.write_bytes(data)
    with pytest.raises(LabError, match="is no ground truth"):
        read_ground_truth(path)


@pytest.mark.parametrize("seed", range(100))
def test_a_mangled_file_is_read_or_refused_and_nothing_else(tmp_path, seed):
    facts = {"hard": np.array([2]), "easy": [np.int64(0)]}
    path = written(tmp_path, changed(**facts), seed % 5)
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    for position in rng.integers(len(data), size=2):
        data[position] = rng.integers(256)
    path.write_bytes(data)
    with suppress(LabError):
        assert isinstance(read_ground_truth(path), GroundTruth)


def test_a_missing_and_a_huge_file_are_explained(tmp_path, monkeypatch):
    with pytest.raises(LabError, match="cannot be read: No such file"):
        read_ground_truth(tmp_path / "none.pkl")
    monkeypatch.setattr(ground_truth, "MAX_BYTES", 10)
    with pytest.raises(LabError, match="has more than"):
        read_ground_truth(written(tmp_path, CONTENT))
