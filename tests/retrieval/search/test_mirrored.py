from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search import mirrored
from app.retrieval.search.engine import Engine
from app.retrieval.verification.evidence import Verdict
from tests.support.fakes import draw_picture, fake_collection, fake_model, photograph

COUNT = 12


@pytest.fixture(scope="module")
def engine():
    collection = list(fake_collection(COUNT))
    return Engine(fake_model(), Gallery.build(collection, fake_model().vocabulary))


def mirror(image):
    return np.ascontiguousarray(image[:, ::-1])


def identify(engine, image, **options):
    return mirrored.identify(engine, PreparedPhoto(image), **options)


@pytest.mark.parametrize("number", range(3))
def test_a_mirrored_photo_is_found_and_said_to_be_one(engine, number):
    photo = photograph(draw_picture(number), seed=number)
    assert engine.identify(PreparedPhoto(mirror(photo))).verdict is Verdict.NOT_FOUND
    answer = identify(engine, mirror(photo))
    assert answer.verdict is Verdict.FOUND
    assert answer.is_mirrored
    [match] = answer.matches
    assert match.item.work_id == f"work-{number}"
    assert answer.timings_ms["mirrored"] > 0


def test_its_places_are_those_of_the_photo_as_it_is(engine):
    photo = photograph(draw_picture(1))
    [straight] = engine.identify(PreparedPhoto(photo)).matches
    [match] = identify(engine, mirror(photo)).matches
    expected = straight.outline * (-1, 1) + (1, 0)
    np.testing.assert_allclose(match.outline, expected, atol=0.03)
    inside = (match.points[:, :2] > 0).all() and (match.points[:, :2] < 1).all()
    assert inside


def test_a_photo_as_it_should_be_is_asked_once(engine):
    answer = identify(engine, photograph(draw_picture(2)))
    assert answer.verdict is Verdict.FOUND
    assert not answer.is_mirrored
    assert "mirrored" not in answer.timings_ms


@pytest.mark.parametrize("seen", [(0,), ()], ids=["as a mirror shows it", "nowhere"])
def test_a_photo_that_may_show_something_as_it_is_is_asked_again(engine, seen):
    """A face seems the same to a network from both sides."""
    photo = PreparedPhoto(mirror(photograph(draw_picture(seen[0] if seen else COUNT))))
    doubtful = replace(engine.identify(photo), verdict=Verdict.UNCERTAIN)
    asked = SimpleNamespace(
        **{
            name: getattr(engine, name)
            for name in ("settings", "gallery", "model", "similar_to")
        }
    )
    asked.identify = lambda *_, **__: doubtful
    answer = mirrored.identify(cast(Engine, asked), photo)
    assert answer.is_mirrored == bool(seen)
    assert answer.verdict is (Verdict.FOUND if seen else Verdict.UNCERTAIN)


@pytest.mark.parametrize("number", range(COUNT, COUNT + 8))
def test_what_is_not_there_is_not_found_in_its_mirror_image(engine, number):
    for photo in (draw_picture(number), photograph(draw_picture(number))):
        answer = identify(engine, mirror(photo))
        assert answer.verdict is Verdict.NOT_FOUND
        assert not answer.is_mirrored


def test_a_work_left_out_is_not_found_mirrored_either(engine):
    photo = mirror(photograph(draw_picture(0)))
    answer = identify(engine, photo, excluded_works={"work-0"})
    assert answer.verdict is Verdict.NOT_FOUND


def test_a_featureless_photo_has_no_mirror_image_to_be_found(engine):
    plain = np.full((300, 400, 3), 128, np.uint8)
    assert identify(engine, plain).verdict is Verdict.NOT_FOUND
