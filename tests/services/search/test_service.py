import json
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image as Pillow
from sqlalchemy import QueuePool, func, select, text
from sqlalchemy.exc import DatabaseError

from app.extensions import db
from app.models import Artwork, Query, QueryMatch, now
from app.retrieval.errors import (
    DamagedArtefactError,
    EmptyGalleryError,
    ImageTooSmallError,
    UnreadableImageError,
)
from app.retrieval.images.edits import Box, PhotoEdits
from app.retrieval.search.answers import Answer, Match
from app.retrieval.types import Description
from app.retrieval.verification.evidence import Verdict
from app.services.index.features import gallery_item
from app.services.search.answer_rows import query_of
from app.services.search.photo_decoder import PHOTO_SIDE_PX
from app.web.shell.current import folders, search_service
from tests.support.databases import refuse
from tests.support.fakes import NO_MATCHES, draw_picture, photograph
from tests.support.museum import encoded, make_searcher
from tests.support.waiting import WAIT_SECONDS

pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture
def service(in_app):
    return search_service()


def artwork(number):
    return db.session.scalars(
        select(Artwork).where(Artwork.accession == f"1900.{number}")
    ).one()


def photos_kept():
    return sorted(path.name for path in folders().queries.glob("*.jpg"))


def test_a_photo_of_a_work_is_found_and_kept(service, photo):
    query = service.search(photo)
    stored = db.session.scalars(select(Query)).one()
    assert stored.id == query.id
    assert stored.verdict is Verdict.FOUND
    assert stored.proposals[0].artwork.accession == "1900.0"
    assert stored.generation == "generation-1"
    assert photos_kept() == [f"{query.id}.jpg"]


def test_a_match_without_a_plane_keeps_its_region_and_what_is_in_it(in_app):
    around = np.full((7, 4), 0.25, np.float32)
    match = Match(
        position=0,
        item=gallery_item("1900.0", artwork(0).images[0].sha256),
        similarity=0.5,
        verification=NO_MATCHES,
        outline=None,
        points=around[:4],
        coverage=0.1,
        probability=0.9,
        region=np.array([[0.2, 0.2], [0.3, 0.2], [0.25, 0.34567]], np.float32),
        region_points=around,
    )
    answer = Answer(Verdict.FOUND, (match,), (), Description(np.zeros(1, np.float32)))
    [row] = query_of(answer, make_searcher([0]), {}).matches
    assert row.outline is None
    assert row.place == row.region == [[0.2, 0.2], [0.3, 0.2], [0.25, 0.3457]]
    assert (row.inlier_count, row.points) == (7, around.tolist())


def test_the_match_knows_picture_outline_and_evidence(service, photo):
    match = service.search(photo).matches[0]
    assert match.image is match.artwork.images[0]
    assert len(match.outline) == 4
    assert all(0 < x < 1 and 0 < y < 1 for x, y in match.outline)
    assert match.inlier_count > 20
    assert match.probability > 0.9


def test_a_work_of_another_museum_is_not_found(service, unknown_photo):
    query = service.search(unknown_photo)
    assert query.verdict is Verdict.NOT_FOUND
    assert query.proposals == []
    assert query.similar


def test_a_featureless_photo_is_not_found(service, grey_photo):
    assert service.search(grey_photo).verdict is Verdict.NOT_FOUND


def test_an_edited_photo_is_searched_and_kept_as_edited(service, photo_of_two):
    left_half = PhotoEdits(crop=Box(0, 0, 0.5, 1))
    query = service.search(photo_of_two, edits=left_half)
    assert [match.artwork.accession for match in query.proposals] == ["1900.0"]
    assert (query.width, query.height) == (480, 360)
    turned = service.search(photo_of_two, edits=PhotoEdits(quarter_turns=1))
    assert (turned.width, turned.height) == (360, 960)


def test_a_small_part_of_a_large_photo_keeps_its_pixels(service):
    large = encoded(np.zeros((1500, 4000, 3), np.uint8))
    query = service.search(large, edits=PhotoEdits(crop=Box(0.5, 0, 0.75, 0.1)))
    assert (query.width, query.height) == (1000, 150)


def test_a_crop_that_leaves_too_little_is_refused(service, photo):
    sliver = PhotoEdits(crop=Box(0.5, 0, 0.51, 1))
    with pytest.raises(ImageTooSmallError):
        service.search(photo, edits=sliver)


def test_a_query_keeps_who_asked_and_how(service, photo):
    attributes = {"visitor": "somebody", "language": "fr", "source": "link"}
    query = service.search(photo, attributes=attributes)
    assert {name: getattr(query, name) for name in attributes} == attributes


def test_what_is_no_picture_leaves_no_trace(service):
    with pytest.raises(UnreadableImageError):
        service.search(b"a letter")
    assert db.session.scalar(select(func.count(Query.id))) == 0
    assert photos_kept() == []


def test_the_kept_photo_is_bounded_and_has_no_metadata(service):
    big = Pillow.fromarray(draw_picture(0)).resize((2000, 1500))
    exif = Pillow.Exif()
    exif[0x010E] = "where I live"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 0.0)  # GPS latitude
    service.search(encoded(np.asarray(big), exif=exif))
    with Pillow.open(folders().queries / photos_kept()[0]) as kept:
        assert max(kept.size) == PHOTO_SIDE_PX
        assert not kept.getexif()
        assert "exif" not in kept.info


def test_a_withdrawn_work_is_gone_with_the_next_query(service, photo):
    assert service.search(photo).verdict is Verdict.FOUND
    artwork(0).withdrawn_at = now()
    db.session.commit()
    query = service.search(photo)
    assert query.verdict is Verdict.NOT_FOUND
    assert "1900.0" not in dict(query.similar)
    artwork(0).withdrawn_at = None
    db.session.commit()
    assert service.search(photo).verdict is Verdict.FOUND


def test_a_deleted_work_is_not_found(service, photo):
    service.search(photo)
    db.session.delete(artwork(0))
    db.session.commit()
    assert service.search(photo).verdict is Verdict.NOT_FOUND
    # The old answer has lost its work, not its page.
    old = db.session.scalars(select(Query).order_by(Query.created_at).limit(1)).one()
    assert old.matches == []


def test_a_work_deleted_while_the_search_runs_is_left_out(service, photo, publication):
    class Slow:
        def __init__(self, searcher):
            self.searcher = searcher

        def __copy__(self):
            return self

        def __getattr__(self, name):
            return getattr(self.searcher, name)

        def answer(self, photo, *, excluded_works):
            answer = self.searcher.answer(photo, excluded_works=excluded_works)
            db.session.delete(artwork(0))
            db.session.commit()
            return answer

    publication.searcher = Slow(publication.searcher)
    query = service.search(photo)
    assert query.verdict is Verdict.NOT_FOUND
    assert query.probability == 0
    assert query.matches == []


def test_a_new_generation_answers_the_next_query(service, photo, publication):
    assert service.search(photo).verdict is Verdict.FOUND
    publication.searcher = make_searcher([3, 4], "generation-2")
    query = service.search(photo)
    assert query.generation == "generation-2"
    assert query.verdict is Verdict.NOT_FOUND


def test_an_unchanged_index_is_opened_once(service, photo, publication):
    service.search(photo)
    service.search(photo)
    assert publication.opened == 1


def test_a_new_index_that_is_broken_leaves_the_old_one_working(
    service, photo, publication, caplog, tmp_path
):
    service.search(photo)
    publication.searcher = make_searcher([3], "generation-2")
    publication.fault = DamagedArtefactError(tmp_path, "it is cut short", "make it")
    assert service.search(photo).generation == "generation-1"
    assert "it is cut short" in caplog.text
    service.search(photo)
    assert publication.opened == 2  # not tried again for every visitor


def test_an_index_taken_back_is_not_searched(service, photo, publication):
    service.search(photo)
    publication.searcher = None
    with pytest.raises(EmptyGalleryError):
        service.search(photo)


def test_an_answer_that_cannot_be_stored_is_still_given(service, photo, caplog):
    refuse(db.session(), "INSERT", "query")
    query = service.search(photo)
    assert not query.is_stored
    assert query.proposals[0].artwork.accession == "1900.0"
    assert "disk is full" in caplog.text
    assert photos_kept() == []
    assert db.session.scalar(select(func.count(QueryMatch.id))) == 0


def test_a_photo_that_cannot_be_kept_costs_only_the_photo(service, photo, caplog):
    folders().queries.parent.mkdir(parents=True, exist_ok=True)
    folders().queries.write_text("a file where the folder should be")
    query = service.search(photo)
    assert query.is_stored
    assert query.photo_name is None
    assert "could not be kept" in caplog.text


def test_an_unreadable_database_is_an_error_and_not_an_empty_answer(service, photo):
    db.session.execute(text("ALTER TABLE artwork RENAME TO elsewhere"))
    db.session.commit()
    with pytest.raises(DatabaseError):
        service.search(photo)


def test_who_waits_in_line_keeps_no_connection(service, photo, monkeypatch):
    in_turn, kept = service.decoder.in_turn, []

    def watched(*arguments, **options):
        assert isinstance(db.engine.pool, QueuePool)
        kept.append(db.engine.pool.checkedout())
        return in_turn(*arguments, **options)

    monkeypatch.setattr(service.decoder, "in_turn", watched)
    service.search(photo)
    assert kept == [0]


def test_visitors_at_the_same_time_get_their_own_answers(in_app, service):
    photos = [encoded(photograph(draw_picture(number))) for number in range(4)]
    together = threading.Barrier(4)

    def ask(data):
        with in_app.app_context():
            together.wait(WAIT_SECONDS)
            return service.search(data).matches[0].artwork.accession

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, photos))
    assert found == [f"1900.{number}" for number in range(4)]


def test_similar_works_leave_out_the_work_itself(service):
    similar = service.similar_to(artwork(0))
    assert len(similar) == 6
    assert "1900.0" not in [work.accession for work in similar]


def test_similar_works_are_empty_without_an_index(service, publication):
    publication.searcher = None
    assert service.similar_to(artwork(0)) == []


def test_a_stored_answer_is_plain_json(service, photo):
    query = service.search(photo)
    json.dumps([query.similar, query.timings_ms, query.matches[0].outline])
    assert query.timings_ms["total"] > 0
