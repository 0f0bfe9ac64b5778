import pytest

from app.retrieval.files.packed_bytes import PackedBytes, PackedBytesWriter

STRINGS = [b"one", b"", b"three"]


def paths(folder):
    return folder / "joined.npy", folder / "starts.npy"


@pytest.mark.parametrize("strings", [[], [b""], STRINGS])
def test_packed_and_written_strings_come_back(tmp_path, strings):
    writer = PackedBytesWriter(*paths(tmp_path))
    for string in strings:
        writer.append(string)
    writer.finish()
    for store in (PackedBytes.pack(strings), PackedBytes.open(*paths(tmp_path))):
        assert [store[i] for i in range(len(store))] == strings
        assert list(store) == strings


def test_a_position_outside_is_an_index_error():
    with pytest.raises(IndexError):
        PackedBytes.pack(STRINGS)[3]


def test_announced_and_present_bytes_must_agree(tmp_path):
    writer = PackedBytesWriter(*paths(tmp_path))
    writer.append(b"three")
    writer.finish()
    PackedBytesWriter(*paths(tmp_path))  # which empties the file of the bytes
    with pytest.raises(ValueError, match="5 bytes are announced"):
        PackedBytes.open(*paths(tmp_path))
