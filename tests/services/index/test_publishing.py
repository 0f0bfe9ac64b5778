"""An index that one server builds is searched by all, and half of one by none."""

from dataclasses import replace

import pytest

from app.configuration.load import Folders
from app.models import GenerationRecord
from app.retrieval.generations.registry import GenerationRegistry
from app.services.index.building import build_index
from app.services.index.publishing import published_indexes
from app.services.media.opening import open_stores
from app.services.media.published import Kind
from app.services.media.store import StorageAwayError
from app.services.operations.servers import follower_of
from tests.support.away import AwayStore
from tests.support.fakes import draw_picture, fake_model
from tests.support.recorded import record_work


@pytest.fixture
def first(tmp_path):
    return Folders(tmp_path / "first")


@pytest.fixture
def second(tmp_path):
    return Folders(tmp_path / "second")


@pytest.fixture
def media(bucket, first, tmp_path):
    """Stores in a part of the bucket that is this test's own."""
    address, _, options = bucket.partition("?")
    return open_stores(f"{address}/{tmp_path.name}?{options}", first)


def record(session, media, number):
    record_work(session, media.works, f"A-{number}", draw_picture(number))


def build(session, folders, media):
    built = build_index(session, folders, media, fake_model(), lambda *_: None)
    return built.generation.name


def live(folders):
    return GenerationRegistry(folders.generations).current_name()


def test_every_server_gets_what_one_has_built(session, media, first, second):
    record(session, media, 0)
    follower = follower_of(media, second)
    assert follower.missing(session) == {}
    name = build(session, first, media)
    assert live(first) == name
    assert follower_of(media, first).missing(session) == {}
    assert follower.missing(session) == {Kind.INDEX: name}
    assert live(second) is None
    follower.follow(session)
    assert live(second) == name
    there = GenerationRegistry(second.generations).current()
    assert there is not None
    assert there.manifest.matches_content(there.path)


def test_what_does_not_get_into_the_store_is_searched_by_nobody(
    session, media, first, second
):
    record(session, media, 0)
    before = build(session, first, media)
    record(session, media, 1)
    away = AwayStore(media.generations)
    with pytest.raises(StorageAwayError):
        build(session, first, replace(media, generations=away))
    session.rollback()
    assert live(first) == before
    follower = follower_of(media, second)
    assert follower.missing(session) == {Kind.INDEX: before}
    after = build(session, first, media)
    follower.follow(session)
    assert live(first) == live(second) == after != before
    assert session.get(GenerationRecord, after) is not None


def test_all_servers_roll_back_together(session, media, first, second):
    record(session, media, 0)
    earlier = build(session, first, media)
    record(session, media, 1)
    build(session, first, media)
    follower = follower_of(media, second)
    follower.follow(session)
    published = published_indexes(media, first)
    assert published is not None
    published.point_to(session, earlier)
    session.commit()
    for folders in (first, second):
        follower_of(media, folders).follow(session)
        assert live(folders) == earlier


def test_one_server_alone_has_nothing_to_follow(session, first):
    media = open_stores("", first)
    assert published_indexes(media, first) is None
    assert follower_of(media, first).notice(session) == {}
