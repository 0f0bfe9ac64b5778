"""A bucket that is missing, refuses or does not answer."""

import socket
import time

import pytest

from app.services.media.s3 import Bucket, S3Store
from app.services.media.store import StorageAwayError
from tests.support.object_storage import REGION
from tests.support.waiting import WAIT_SECONDS

CALLS = (
    lambda store: store.read("c.jpg"),
    lambda store: store.open("c.jpg"),
    lambda store: store.write("c.jpg", b"x"),
    lambda store: store.exists("c.jpg"),
    lambda store: store.delete("c.jpg"),
    lambda store: list(store.list()),
)


@pytest.mark.parametrize("call", CALLS)
def test_without_its_bucket_nothing_is_said_to_be_missing_or_gone(endpoint, call):
    url = f"s3://no-such-bucket?endpoint={endpoint}&region={REGION}"
    with pytest.raises(StorageAwayError, match=r"no such bucket|404"):
        call(S3Store(Bucket(url), "works"))


@pytest.fixture
def silent():
    """A port at which nobody listens, for as long as the test takes."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"s3://bucket?endpoint=http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize("call", CALLS)
def test_a_storage_that_is_away_is_not_waited_for(endpoint, silent, call, caplog):
    store = S3Store(Bucket(silent), "works")
    begun = time.monotonic()
    with pytest.raises(StorageAwayError):
        call(store)
    assert time.monotonic() - begun < 3
    assert "secret" not in caplog.text


def test_a_storage_that_was_away_a_moment_ago_is_left_in_peace(endpoint, silent):
    bucket = Bucket(silent, rest_seconds=WAIT_SECONDS)
    store = S3Store(bucket, "works")
    with pytest.raises(StorageAwayError, match="GET"):
        store.read("c.jpg")
    with pytest.raises(StorageAwayError, match="a moment ago"):
        store.read("c.jpg")
    bucket._silent_until = time.monotonic()
    with pytest.raises(StorageAwayError, match="GET"):
        store.read("c.jpg")


def test_one_at_a_time_asks_whether_it_is_there_again(bucket, silent):
    own = Bucket(silent, rest_seconds=0)
    with pytest.raises(StorageAwayError, match="GET"):
        S3Store(own, "works").read("c.jpg")
    with own.asking(), pytest.raises(StorageAwayError, match="a moment ago"):
        S3Store(own, "works").read("c.jpg")
    with own.asking(), own.asking():
        pass  # it has answered


def test_a_missing_file_is_no_reason_to_leave_it_in_peace(bucket):
    store = S3Store(Bucket(bucket), "rest")
    with pytest.raises(FileNotFoundError):
        store.read("c.jpg")
    store.write("c.jpg", b"x")
    assert store.read("c.jpg") == b"x"


def test_stores_of_one_bucket_do_not_see_each_other(bucket):
    own = Bucket(bucket)
    one, other = S3Store(own, "media/works"), S3Store(own, "media/wor")
    one.write("c.jpg", b"x")
    assert not other.exists("c.jpg")
    assert list(other.list()) == []
