import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.retrieval.gallery import gallery as gallery_module
from app.retrieval.gallery import overlay as overlay_module
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.overlay import GalleryOverlay
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.local import voting
from app.retrieval.search.engine import Engine, unlike_planes
from app.retrieval.search.rating import Rater
from app.retrieval.settings import (
    RetrievalSettings,
    ShortlistSettings,
    VerificationSettings,
)
from app.retrieval.types import GalleryItem, Hit
from app.retrieval.verification.evidence import Verdict
from tests.support.fakes import draw_picture, fake_collection, fake_model, photograph

COUNT = 12
WORKS = [f"work-{i}" for i in range(COUNT)]


@pytest.fixture(scope="module")
def engine():
    collection = list(fake_collection(COUNT))
    return Engine(fake_model(), Gallery.build(collection, fake_model().vocabulary))


def trace(engine, image, **options):
    return engine.trace(PreparedPhoto(image), **options)


def identify(engine, image, **options):
    return engine.identify(PreparedPhoto(image), **options)


def works_of(answer):
    return [match.item.work_id for match in answer.matches]


@pytest.mark.parametrize("number", range(3))
def test_a_photo_of_a_work_is_found_and_nothing_else(engine, number):
    answer = identify(engine, photograph(draw_picture(number), seed=number))
    assert answer.verdict is Verdict.FOUND
    assert works_of(answer) == [f"work-{number}"]
    assert answer.probability > 0.9


def test_the_outline_is_where_the_work_hangs_in_the_photo(engine):
    # photograph() puts it a sixth from left and top, up to a 30th aside.
    outline = identify(engine, photograph(draw_picture(1))).matches[0].outline
    true = np.array([[1, 1], [5, 1], [5, 5], [1, 5]]) / 6
    np.testing.assert_allclose(outline, true, atol=0.07)


def test_the_points_are_details_of_both_pictures(engine):
    # Pasted without any change: what is at (x, y) of the work is at (x, y) / 2.
    picture = draw_picture(1)
    photo = np.full((480, 640, 3), 128, np.uint8)
    photo[:240, :320] = picture
    match = identify(engine, photo).matches[0]
    assert match.points.shape == (match.verification.inlier_count, 4)
    np.testing.assert_allclose(match.points[:, :2] * 2, match.points[:, 2:], atol=0.03)


def test_a_work_left_out_is_not_found_and_not_similar(engine):
    answer = identify(engine, photograph(draw_picture(4)), excluded_works={"work-4"})
    assert answer.verdict is Verdict.NOT_FOUND
    assert answer.matches == ()
    assert answer.probability == 0
    assert "work-4" not in [similar.item.work_id for similar in answer.similar]


def test_a_featureless_photo_is_not_found(engine):
    answer = identify(engine, np.full((300, 400, 3), 128, np.uint8))
    assert answer.verdict is Verdict.NOT_FOUND


def test_a_photo_may_show_two_works(engine):
    wall = np.hstack([draw_picture(2), draw_picture(5)])
    answer = identify(engine, wall)
    assert answer.verdict is Verdict.FOUND
    assert sorted(works_of(answer)) == ["work-2", "work-5"]
    centres = {
        match.item.work_id: match.outline.mean(axis=0) for match in answer.matches
    }
    np.testing.assert_allclose(centres["work-2"], [0.25, 0.5], atol=0.03)
    np.testing.assert_allclose(centres["work-5"], [0.75, 0.5], atol=0.03)


@pytest.mark.parametrize(("left", "right"), [(150, 170), (170, 150)])
def test_of_two_found_works_the_one_in_the_middle_comes_first(engine, left, right):
    wall = np.hstack([draw_picture(2)[:, -left:], draw_picture(5)[:, :right]])
    middle, side = ("work-2", "work-5") if left > right else ("work-5", "work-2")
    assert works_of(identify(engine, wall)) == [middle, side]


def test_copies_of_one_work_are_both_named_but_not_found():
    (item, features), *others = fake_collection(4)
    copy = (GalleryItem("copy", "forgery"), features)
    model = fake_model()
    engine = Engine(
        model, Gallery.build([(item, features), copy, *others], model.vocabulary)
    )
    answer = identify(engine, photograph(draw_picture(0)))
    assert answer.verdict is Verdict.UNCERTAIN
    assert sorted(works_of(answer)) == ["forgery", "work-0"]


def test_two_images_of_a_work_are_one_match():
    (item, features), *others = fake_collection(4)
    detail = (GalleryItem("again", item.work_id), features)
    model = fake_model()
    engine = Engine(
        model, Gallery.build([(item, features), detail, *others], model.vocabulary)
    )
    answer = identify(engine, photograph(draw_picture(0)))
    assert answer.verdict is Verdict.FOUND
    assert works_of(answer) == ["work-0"]


def test_the_same_photo_gets_the_same_answer(engine):
    photo = photograph(draw_picture(6))
    one, two = trace(engine, photo), trace(engine, photo)
    assert one.shortlists == two.shortlists
    assert [m.evidence for m in one.candidates] == [m.evidence for m in two.candidates]
    np.testing.assert_array_equal(
        one.answer.matches[0].outline, two.answer.matches[0].outline
    )


def test_every_stage_is_timed(engine):
    timings = identify(engine, photograph(draw_picture(0))).timings_ms
    stages = ["local", "shortlist_local", "verify", "decide", "again"]
    assert list(timings) == [*stages, "total"]
    assert sum(timings[stage] for stage in stages) <= timings["total"]


def test_the_networks_are_asked_only_where_geometry_is_not_certain(engine):
    photo = photograph(draw_picture(0))
    certain = trace(engine, photo)
    assert certain.answer.description is None
    assert set(certain.shortlists) == {"local"}
    left_out = trace(engine, photo, excluded_works={"work-0"})
    assert left_out.answer.description is not None
    assert set(left_out.shortlists) == {"local", "global"}
    assert {"describe", "verify_more", "around"} <= set(left_out.answer.timings_ms)


@pytest.mark.parametrize("number", range(COUNT))
def test_looking_at_everything_changes_no_verdict(engine, number):
    photo = photograph(draw_picture(number), seed=number)
    for excluded in ((), {f"work-{number}"}):
        quick = trace(engine, photo, excluded_works=excluded).answer
        thorough = trace(engine, photo, excluded_works=excluded, thorough=True).answer
        assert quick.verdict is thorough.verdict
        assert works_of(quick) == works_of(thorough)


def test_every_work_on_a_wall_is_named(engine):
    rows = [[draw_picture(i) for i in row] for row in ((0, 1, 2, 3), (4, 5, 6, 7))]
    wall = np.vstack([np.hstack(row) for row in rows])
    answer = identify(engine, wall)
    assert sorted(works_of(answer)) == [f"work-{i}" for i in range(8)]
    assert {match.verdict for match in answer.matches} == {Verdict.FOUND}
    assert all(match.comparison for match in answer.matches), "none is named unseen"


def test_similar_works_are_ranked_and_leave_out_the_own_work(engine):
    similar = engine.similar_to("image-3", excluded_works=["work-5"])
    works = [one.item.work_id for one in similar]
    assert set(works) == set(WORKS) - {"work-3", "work-5"}
    values = [one.similarity for one in similar]
    assert values == sorted(values, reverse=True)


def test_an_image_outside_the_gallery_has_no_similar_works(engine):
    assert engine.similar_to("elsewhere") == ()


@settings(max_examples=8)
@given(number=st.integers(0, COUNT - 1), withdrawn=st.sets(st.sampled_from(WORKS)))
def test_a_withdrawn_work_never_appears(engine, number, withdrawn):
    traced = trace(engine, photograph(draw_picture(number)), excluded_works=withdrawn)
    items = engine.gallery.items
    seen = {
        *(
            items[hit.position].work_id
            for hits in traced.shortlists.values()
            for hit in hits
        ),
        *(match.item.work_id for match in traced.candidates),
        *works_of(traced.answer),
        *(similar.item.work_id for similar in traced.answer.similar),
    }
    assert not seen & withdrawn
    assert (f"work-{number}" in works_of(traced.answer)) is (
        f"work-{number}" not in withdrawn
    )


def test_what_the_semantic_network_puts_first_is_looked_at_as_a_work_in_the_round():
    settings = VerificationSettings(around_count=4, around_known=2)
    known = [Hit(position, 0.5) for position in (8, 3, 9)]
    assert unlike_planes(known, [1, 2, 3, 4, 5, 8], settings) == [8, 3, 1, 2]
    assert unlike_planes((), [1, 2], settings) == [1, 2]


@pytest.mark.parametrize("is_overlaid", [False, True])
@pytest.mark.parametrize(("many", "words"), [(COUNT + 1, 3), (COUNT, 2)])
def test_among_many_pictures_features_vote_by_fewer_words(
    monkeypatch, many, words, is_overlaid
):
    gallery = Gallery.build(list(fake_collection(COUNT)), fake_model().vocabulary)
    asked = []
    look_up = voting.look_up

    def note(vocabulary, features, rule):
        asked.append(rule.assigned_words)
        return look_up(vocabulary, features, rule)

    for module in (gallery_module, overlay_module):
        monkeypatch.setattr(module, "look_up", note)
    shortlist = ShortlistSettings(many_pictures=many)
    engine = Engine(
        fake_model(),
        GalleryOverlay.over(gallery) if is_overlaid else gallery,
        RetrievalSettings(shortlist=shortlist),
    )
    answer = identify(engine, photograph(draw_picture(3)))
    assert works_of(answer) == ["work-3"]
    assert asked == [words]


def test_what_channels_agree_on_is_rated_so(monkeypatch, engine):
    promising = []
    rate = Rater.rate

    def note(rater, matches, works=(), **named):
        promising.append(list(named.get("promising", works)))
        return rate(rater, matches, promising[-1])

    monkeypatch.setattr(Rater, "rate", note)
    traced = trace(engine, photograph(draw_picture(3)), thorough=True)
    ranks = VerificationSettings().agreeing_ranks
    both = [
        work
        for hits in traced.shortlists.values()
        for work in {engine.gallery.items[hit.position].work_id for hit in hits[:ranks]}
    ]
    agreed = {work for work in both if both.count(work) > 1}
    assert agreed
    # Not before the networks are asked, and from then on.
    assert promising[0] == []
    assert [set(works) for works in promising[1:]] == [agreed] * (len(promising) - 1)
    assert len(promising) > 1
