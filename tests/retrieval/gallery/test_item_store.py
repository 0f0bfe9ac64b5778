import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.gallery import id_column
from app.retrieval.gallery.item_store import ItemChain, ItemStore, ItemStoreWriter
from app.retrieval.types import GalleryItem

IDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
ITEMS = st.lists(
    st.builds(GalleryItem, IDS, st.sampled_from(["", "Ä 1", "B/2", "Ω"])),
    unique_by=lambda item: item.image_id,
    max_size=20,
)


def written(folder, items):
    folder.mkdir()
    writer = ItemStoreWriter(folder)
    for item in items:
        writer.append(item)
    writer.finish()
    return ItemStore.open(folder)


@given(items=ITEMS)
def test_packed_and_written_items_come_back(tmp_path_factory, items):
    folder = tmp_path_factory.mktemp("items") / "items"
    for store in (ItemStore.pack(items), written(folder, items)):
        assert list(store) == items
        assert [store[position] for position in range(len(store))] == items
        assert store[1:] == tuple(items[1:])
        assert store.work_count == len({item.work_id for item in items})
        for position, item in enumerate(items):
            assert store.position_of(item.image_id) == position
        assert store.position_of("nowhere at all") is None


@given(items=ITEMS, works=st.sets(st.sampled_from(["", "B/2", "unknown"])))
def test_the_positions_of_works_are_marked(items, works):
    mask = ItemStore.pack(items).mask_of(works)
    expected = [item.work_id in works for item in items]
    assert (None if mask is None else mask.tolist()) == (
        expected if any(expected) else None
    )


def test_ids_of_one_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr(id_column, "_hash", lambda id_: 7)
    column = id_column.IdColumn.pack(["one", "two", "one"])
    assert column.positions_of("one").tolist() == [0, 2]
    assert column.positions_of("two").tolist() == [1]
    assert column.positions_of("three").tolist() == []


def test_an_image_that_occurs_twice_is_refused():
    with pytest.raises(ValueError, match="an image occurs twice"):
        ItemStore.pack([GalleryItem("a", "1"), GalleryItem("a", "2")])


def test_announced_and_present_ids_must_agree(tmp_path):
    written(tmp_path / "items", [GalleryItem("a", "1"), GalleryItem("b", "1")])
    np.save(tmp_path / "items" / "image_order.npy", np.zeros(1, np.uint32))
    with pytest.raises(ValueError, match="2 ids of 2 bytes are announced"):
        ItemStore.open(tmp_path / "items")


def test_a_chain_goes_on_where_a_part_ends():
    one = ItemStore.pack([GalleryItem("a", "1"), GalleryItem("b", "1")])
    other = ItemStore.pack([GalleryItem("a", "2")])
    chain = ItemChain([one, other])
    assert len(chain) == 3
    assert list(chain) == [*one, *other]
    assert [chain[np.int64(position)] for position in range(3)] == [*one, *other]
    with pytest.raises(IndexError):
        chain[3]
