import pytest

from app.retrieval.gallery.picture_store import PictureStore, PictureStoreWriter

PICTURES = [b"one", b"", b"three"]


@pytest.mark.parametrize("pictures", [[], [b""], PICTURES])
def test_packed_and_written_copies_come_back(tmp_path, pictures):
    writer = PictureStoreWriter(tmp_path)
    for picture in pictures:
        writer.append(picture)
    writer.finish()
    for store in (PictureStore.pack(pictures), PictureStore.open(tmp_path)):
        assert [store[i] for i in range(len(store))] == pictures


def test_a_position_outside_is_an_index_error():
    with pytest.raises(IndexError):
        PictureStore.pack(PICTURES)[3]


def test_announced_and_present_bytes_must_agree(tmp_path):
    writer = PictureStoreWriter(tmp_path)
    writer.append(b"three")
    writer.finish()
    PictureStoreWriter(tmp_path)  # which empties the file of the bytes
    with pytest.raises(ValueError, match="5 bytes are announced"):
        PictureStore.open(tmp_path)
