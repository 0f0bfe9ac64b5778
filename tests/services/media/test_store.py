"""The contract of media stores, the same for a folder and for a bucket."""

import io
import itertools
import threading
import zipfile
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.retrieval.images.codec import encode_jpeg
from app.services.media import s3
from app.services.media.store import StorageAwayError, checked, read_picture
from tests.support.waiting import WAIT_SECONDS

SIGNS = "aZ09_-"
PARTS = st.builds(
    str.__add__,
    st.sampled_from(SIGNS),
    st.text(st.sampled_from(SIGNS + "."), max_size=9),
)
NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
numbers = itertools.count()
one_store_for_all = settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def listed(store, folder=""):
    return sorted(one.name for one in store.list(folder))


@one_store_for_all
@given(name=NAMES, data=st.binary(max_size=200))
def test_what_is_written_is_read_until_it_is_deleted(store, name, data):
    # A name that was a folder's cannot be a file's: no generated one is both.
    name = f"{next(numbers)}/{name}"
    store.write(name, data)
    assert store.read(name) == data
    assert store.exists(name)
    assert listed(store) == [name]
    store.delete(name)
    assert not store.exists(name)
    with pytest.raises(FileNotFoundError):
        store.read(name)
    store.delete(name)  # which is no fault


@one_store_for_all
@given(name=st.text(st.sampled_from("ab./\\\0%é *"), max_size=6))
def test_every_other_name_is_refused_by_all_alike(store, name):
    try:
        checked(name)
    except ValueError:
        pass
    else:
        assume(False)
    for use in (store.read, store.open, store.exists, store.delete):
        with pytest.raises(ValueError, match="no name"):
            use(name)
    with pytest.raises(ValueError, match="no name"):
        store.write(name, b"x")
    assert listed(store) == []


def test_writing_again_replaces_the_content(store):
    store.write("ab/c.jpg", b"old content")
    store.write("ab/c.jpg", b"new")
    assert store.read("ab/c.jpg") == b"new"
    assert listed(store) == ["ab/c.jpg"]


def test_a_list_tells_size_and_moment_and_keeps_to_a_folder(store):
    before = datetime.now(UTC)
    for name in ("ab/1.jpg", "ab/cd/2.jpg", "abc/3.jpg", "4.jpg"):
        store.write(name, name.encode())
    assert listed(store, "ab") == ["ab/1.jpg", "ab/cd/2.jpg"]
    assert listed(store, "nothing") == []
    found = {one.name: one for one in store.list()}
    assert {one.size for one in found.values()} == {8, 11, 9, 5}
    for one in found.values():  # storages tell whole seconds
        assert abs(one.changed_at - before) < timedelta(seconds=5)


def test_an_open_file_says_what_http_wants_to_know(store):
    store.write("c.jpg", b"content")
    with store.open("c.jpg") as opened:
        assert opened.size == 7
        assert opened.tag
        assert opened.changed_at.tzinfo is not None
        assert opened.file.seek(3) == 3
        assert opened.file.read(2) == b"te"
        assert opened.file.read() == b"nt"
        first = opened.tag
    store.write("c.jpg", b"another")
    with store.open("c.jpg") as opened:
        assert opened.tag != first


def test_an_open_file_outlives_its_name(store):
    store.write("c.jpg", b"content")
    with store.open("c.jpg") as opened:
        store.delete("c.jpg")
        assert opened.file.read() == b"content"


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(s3, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(s3, "BUFFER_BYTES", 100)


def test_a_large_file_is_taken_from_a_file_and_read_in_any_order(store, small_blocks):
    data = np.random.default_rng(0).bytes(7_654)
    file = io.BytesIO(data)
    file.read(64)  # as whoever looks what it is
    store.write("large.zip", file)
    with store.open("large.zip") as opened:
        assert opened.size == len(data)
        for start, length in ((7_000, 900), (0, 2_500), (999, 2), (7_653, 5)):
            opened.file.seek(start)
            assert opened.file.read(length) == data[start : start + length]
        opened.file.seek(-10, io.SEEK_END)
        assert opened.file.read() == data[-10:]
        with pytest.raises((OSError, ValueError)):
            opened.file.seek(-1)
    assert store.read("large.zip") == data


def test_a_zip_file_is_read_where_it_lies_by_several_threads(store, small_blocks):
    packed = io.BytesIO()
    contents = {f"{n}.bin": np.random.default_rng(n).bytes(3_000) for n in range(6)}
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)
    store.write("catalogue.zip", packed)
    found = {}
    with store.open("catalogue.zip") as opened, zipfile.ZipFile(opened.file) as file:

        def read(name):
            found[name] = file.read(name)

        threads = [threading.Thread(target=read, args=(name,)) for name in contents]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_SECONDS)
    assert found == contents


def test_two_contents_are_never_mixed(store, small_blocks):
    store.write("large.bin", b"a" * 5_000)
    with store.open("large.bin") as opened:
        start = opened.file.read(10)
        store.write("large.bin", b"b" * 5_000)
        try:
            rest = opened.file.read()
        except StorageAwayError:
            rest = b""
    assert set(start + rest) == {ord("a")}


def test_of_several_writers_one_stays_whole(store):
    contents = [bytes([n]) * 20_000 for n in range(4)]
    threads = [
        threading.Thread(target=store.write, args=("c.bin", one)) for one in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    assert store.read("c.bin") in contents
    assert store.sweep() == 0


def test_a_stored_picture_is_decoded_in_the_size_that_is_wanted(store):
    store.write("c.jpg", encode_jpeg(np.full((60, 80, 3), 200, np.uint8)))
    assert read_picture(store, "c.jpg").shape == (60, 80, 3)
    assert read_picture(store, "c.jpg", max_side_px=40).shape == (30, 40, 3)
