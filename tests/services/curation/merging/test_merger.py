from datetime import date

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import (
    Artwork,
    ArtworkNumber,
    AuditEntry,
    Base,
    Favourite,
    Feedback,
    MediaKind,
    MergedNumber,
    Query,
    QueryMatch,
    Relation,
    Relevance,
    RelevanceJudgement,
    Tour,
    TourStop,
    VisitNote,
    WorkMedia,
)
from app.models.words import write_words_of
from app.retrieval.verification.evidence import Verdict
from app.services.collection.labels import fact_of, version_of
from app.services.collection.works import find_work
from app.services.curation.editing import ChangedMeanwhileError
from app.services.curation.merging.choosing import FieldRule, find_pairs
from app.services.curation.merging.merger import MERGE_ALL, Merger
from app.services.curation.relations import RelationKind
from app.web.shell.current import search_service
from tests.support.fakes import draw_picture, photograph
from tests.support.hooks import listen, numbers_told, told
from tests.support.museum import encoded


@pytest.fixture
def merger(curator):
    return Merger(db.session(), curator)


def work_of(number):
    accession = f"1900.{number}"
    return db.session.scalars(
        select(Artwork).where(Artwork.accession == accession)
    ).one()


def named(number):
    """What a photo of a drawn picture is answered with."""
    query = search_service().search(encoded(photograph(draw_picture(number))))
    return [match.artwork.accession for match in query.proposals]


UNKEPT = {"updated_at", "revision"}
"""What tells that a work was changed, also by an undo."""


def snapshot():
    """All rows that say something of works, without what tells when they changed."""
    db.session.expire_all()
    left_out = {"audit_entry", "collection_state", "word", "image_features"}
    rows = {}
    for mapper in Base.registry.mappers:
        if mapper.class_.__tablename__ not in left_out:
            names = {one.key for one in mapper.column_attrs} - UNKEPT
            names -= {"id", "created_at"} & (
                names if mapper.class_.__tablename__ == "reference_image" else set()
            )
            found = db.session.scalars(select(mapper.class_)).all()
            rows[mapper.class_.__tablename__] = sorted(
                repr([(name, getattr(one, name)) for name in sorted(names)])
                for one in found
            )
    return rows


def relate(one, other, kind="duplicate", **said):
    db.session.flush()
    first, second = sorted((one, other), key=lambda work: work.id)
    relation = Relation(artwork=first, other=second, kind=kind, **said)
    db.session.add(relation)
    db.session.commit()
    return relation


def answer(*works):
    query = Query(
        verdict=Verdict.FOUND,
        probability=0.99,
        width=640,
        height=480,
        model_id="m",
        generation="g",
    )
    query.matches = [
        QueryMatch(
            rank=rank,
            artwork=work,
            image=work.images[0],
            verdict=Verdict.FOUND,
            probability=0.99,
            inlier_count=50,
        )
        for rank, work in enumerate(works)
    ]
    db.session.add(query)
    db.session.commit()
    return query


def test_a_merged_work_is_found_as_the_kept_one_and_its_number_leads_there(merger):
    kept, gone = work_of(0), work_of(3)
    merger.merge(kept, gone, {"location": "Room 4"})
    assert kept.location == "Room 4"
    assert gone.is_withdrawn
    assert find_work("1900.3") == kept
    assert [image.sha256 for image in kept.images] == [
        kept.images[0].sha256,
        gone.images[0].sha256,
    ]
    number = select(ArtworkNumber.artwork_id).where(
        ArtworkNumber.number.in_(("1900.3", "19003", "1900 3"))
    )
    assert {*db.session.scalars(number)} == {kept.id}


def test_photos_of_both_find_the_kept_work_at_once_and_after_undoing_each_its_own(
    merger, editor
):
    one, other = (editor.create(f"2026.{n}", {"title": "Hare"}) for n in (1, 2))
    editor.add_image(one, encoded(draw_picture(30)))
    editor.add_image(other, encoded(draw_picture(31)))
    assert (named(30), named(31)) == (["2026.1"], ["2026.2"])
    entry = merger.merge(one, other, {})
    assert (named(30), named(31)) == (["2026.1"], ["2026.1"])
    merger.undo(entry)
    assert (named(30), named(31)) == (["2026.1"], ["2026.2"])


def test_identical_pictures_are_kept_once(merger, editor):
    one, other = work_of(0), work_of(3)
    data = encoded(draw_picture(30))
    editor.add_image(one, data)
    editor.add_image(other, data)
    merger.merge(one, other, {})
    hashes = [image.sha256 for image in one.images]
    assert len(hashes) == len(set(hashes)) == 3


def test_all_that_names_the_merged_work_names_the_kept_one_and_is_as_before_undone(
    merger, curator
):
    kept, gone, third = work_of(0), work_of(3), work_of(5)
    gone.details = {"story@en": "A long story", "Gift of": "Ada"}
    both, alone = answer(kept, gone), answer(gone)
    tour = Tour(title="Walk", language="en")
    judgement = RelevanceJudgement(
        photo_sha256="a" * 64,
        accession="1900.3",
        relevance=Relevance.SHOWN,
        photo="x.jpg",
        number=1,
    )
    recording = WorkMedia(
        artwork=gone, kind=MediaKind.LINK, title="Film", address="https://example.org"
    )
    db.session.add_all(
        [
            Favourite(visitor="v", artwork=gone),
            Favourite(visitor="w", artwork=gone),
            Favourite(visitor="w", artwork=kept),
            VisitNote(visitor="v", day=date(2026, 11, 1), artwork=gone),
            Feedback(query=alone, is_right=True, artwork=gone),
            TourStop(tour=tour, artwork=gone, position=0),
            MergedNumber(accession="old", artwork=gone),
            judgement,
            recording,
        ]
    )
    relation = relate(third, gone, "detail", verdict="confirmed")
    relate(kept, gone)
    write_words_of(db.session(), [gone])  # which "old" leads to
    db.session.commit()
    before = snapshot()
    taken = {"details.story@en": "A long story", "details.Gift of": "Ada"}
    entry = merger.merge(kept, gone, taken)
    db.session.expire_all()
    assert fact_of(kept, "details.story@en") == "A long story"
    assert [match.artwork for match in alone.matches] == [kept]
    assert alone.matches[0].image in kept.images
    assert [match.artwork for match in both.matches] == [kept, gone]
    favourites = select(Favourite.visitor).where(Favourite.artwork_id == kept.id)
    assert {*db.session.scalars(favourites)} == {"v", "w"}
    assert db.session.scalars(select(VisitNote)).one().artwork is kept
    assert db.session.scalars(select(Feedback)).one().artwork is kept
    assert tour.stops[0].artwork is kept
    assert judgement.accession == "1900.0"
    assert kept.media == [recording]
    assert (relation.artwork, relation.other) == (kept, third)
    assert relation.kind == RelationKind.DETAIL
    assert find_work("old") == kept
    merger.undo(entry)
    assert snapshot() == before


def test_the_kind_of_a_moved_relation_is_what_it_was(merger):
    # The detail has the smaller number before and the larger one after.
    kept, gone, whole = work_of(5), work_of(0), work_of(3)
    relation = relate(gone, whole, "detail")
    entry = merger.merge(kept, gone, {})
    assert (relation.artwork, relation.other) == (whole, kept)
    assert relation.kind == RelationKind.WHOLE
    merger.undo(entry)
    assert (relation.artwork, relation.kind) == (gone, RelationKind.DETAIL)


def test_a_merge_by_an_earlier_version_that_knew_fewer_tables_is_undone(merger):
    kept, gone = work_of(0), work_of(3)
    entry = merger.merge(kept, gone, {})
    moved = dict(entry.after["moved"])
    del moved["photo_review"], moved["evaluation_photo_work"]
    entry.after = entry.after | {"moved": moved}
    db.session.commit()
    merger.undo(entry)
    assert not gone.is_withdrawn


def test_a_merge_of_what_was_changed_meanwhile_is_refused(merger):
    kept, gone = work_of(0), work_of(3)
    seen = version_of(kept), "2020-01-01"
    with pytest.raises(ChangedMeanwhileError):
        merger.merge(kept, gone, {}, seen=seen)
    with pytest.raises(ChangedMeanwhileError):
        merger.merge(kept, kept, {})
    assert not gone.is_withdrawn


@pytest.mark.parametrize("change", ["label", "pictures", "restored", "merged on"])
def test_what_was_changed_since_is_not_undone(merger, editor, change):
    kept, gone = work_of(0), work_of(3)
    entry = merger.merge(kept, gone, {"location": "Room 4"})
    if change == "label":
        editor.edit(kept, {"location": "Room 5"})
    elif change == "pictures":
        editor.remove_image(kept.images[1])
    elif change == "restored":
        editor.restore(gone)
    else:
        merger.merge(work_of(5), kept, {})
    with pytest.raises(ChangedMeanwhileError):
        merger.undo(entry)
    assert kept.location in ("Room 4", "Room 5")


def duplicates(count):
    """Make pairs of works that the survey takes for one; the second says more."""
    for number in range(count):
        works = [
            Artwork(accession=f"{name}.{number}", title=f"Hare {number}")
            for name in ("A", "B")
        ]
        works[1].artist = "Dürer"
        works[0].details = {"Gift of": f"Ada {number}"}
        db.session.add_all(works)
        relate(*works)


def test_twenty_pairs_are_merged_in_one_go_and_undone_in_one_go(merger):
    duplicates(20)
    before = snapshot()
    pairs = find_pairs(db.session(), [RelationKind.DUPLICATE], rule=FieldRule.LONGER)
    assert len(pairs) == 20
    entry = merger.merge_all([(one.kept, one.other) for one in pairs], FieldRule.LONGER)
    assert entry.action == MERGE_ALL
    withdrawn = select(Artwork).where(Artwork.withdrawn_at.is_not(None))
    assert len(db.session.scalars(withdrawn).all()) == 20
    for number in range(20):
        work = find_work(f"A.{number}")
        assert find_work(f"B.{number}") is work is not None
        assert (work.artist, work.details) == ("Dürer", {"Gift of": f"Ada {number}"})
    assert merger.undo(entry) == 20
    assert snapshot() == before
    with pytest.raises(ChangedMeanwhileError):
        merger.undo(entry)


def test_of_many_those_are_undone_that_can_be(merger, editor):
    duplicates(3)
    pairs = find_pairs(db.session(), [RelationKind.DUPLICATE], rule=FieldRule.LONGER)
    entry = merger.merge_all([(one.kept, one.other) for one in pairs], FieldRule.LONGER)
    editor.restore(pairs[1].other)
    assert merger.undo(entry) == 2


def test_works_that_hang_together_become_one_and_three_again(merger):
    works = [Artwork(accession=f"C.{n}", title="Hare") for n in range(3)]
    works[2].artist = "Dürer"
    db.session.add_all(works)
    relate(works[0], works[1])
    relate(works[1], works[2], "same_file")
    before = snapshot()
    kinds = [RelationKind.DUPLICATE, RelationKind.SAME_FILE]
    pairs = find_pairs(db.session(), kinds, rule=FieldRule.LONGER)
    assert {one.kept.accession for one in pairs} == {"C.2"}
    entry = merger.merge_all([(one.kept, one.other) for one in pairs], FieldRule.LONGER)
    assert {find_work(f"C.{n}") for n in range(3)} == {works[2]}
    merger.undo(entry)
    assert snapshot() == before


def test_every_table_that_names_a_work_is_thought_of():
    from app.services.curation.merging.references import UNIQUE

    named = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        for key in mapper.local_table.foreign_keys
        if key.target_fullname == "artwork.id"
    }
    moved = {model.__tablename__ for model in UNIQUE}
    moved |= {"relation", "merged_number", "reference_image"}
    # History, and what is found out or written down anew.
    stays = {"audit_entry", "import_row", "source_item", "work_fault"}
    stays |= {"artwork_word", "artwork_number", "work_stub"}
    assert named == moved | stays


def test_the_trail_names_who_merged_what(merger, curator):
    entry = merger.merge(work_of(0), work_of(3), {})
    assert (entry.user, entry.subject) == (curator, "1900.3 → 1900.0")
    assert db.session.get_one(AuditEntry, entry.id).artwork is work_of(0)


def test_webhooks_are_told_of_many_merges_as_one_event(merger):
    listen(db.session())
    pairs = [(work_of(1), work_of(2)), (work_of(3), work_of(4))]
    together = merger.merge_all(pairs, FieldRule.FILLED)
    merger.undo(together)
    single = merger.merge(work_of(1), work_of(2), {})
    merger.undo(single)
    both = ["1900.2", "1900.4"]
    assert numbers_told(db.session()) == [
        ("work.merged", both),
        ("work.added", both[::-1]),
        ("work.merged", both[:1]),
        ("work.added", both[:1]),
    ]
    _, merged = told(db.session())[0]
    assert [one["merged_into"] for one in merged["works"]] == ["1900.1", "1900.3"]
