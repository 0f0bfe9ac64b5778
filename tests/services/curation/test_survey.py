import hashlib

import numpy as np
import pytest
from sqlalchemy import select

from app.configuration.load import Folders
from app.models import (
    Artwork,
    ImportRun,
    ReferenceImage,
    Relation,
    Task,
    TaskState,
    WorkFinding,
    now,
)
from app.retrieval.generations.store import Store
from app.retrieval.generations.validation import Validation
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.model import Model
from app.retrieval.search.near_duplicates import Kinship, find_relatives
from app.retrieval.settings import LocalSettings
from app.services.curation import findings, relations, survey
from app.services.curation.editing import CREATE
from app.services.curation.relations import RelationKind, RelationState
from app.services.index.changes import announce
from app.services.index.features import gallery_item
from app.services.media.folder import FolderStore
from app.services.system import audit, tasks
from tests.support.fakes import draw_picture, fake_model

GREY = np.full((240, 320, 3), 128, np.uint8)
SCAN = np.clip(draw_picture(0).astype(int) + 12, 0, 255).astype(np.uint8)
PICTURES = {
    "plain": draw_picture(1),
    "own": draw_picture(0),
    "scan": SCAN,
    "detail": draw_picture(0)[40:180, 30:190],
    "grey": GREY,
    "copy": draw_picture(1),
}


class Place:
    """A collection in an empty database, and an index of it."""

    def __init__(self, session, folder):
        self.session = session
        self.folders = Folders(folder)
        self.media = FolderStore(self.folders.works)
        self.indexed = []

    def record(self, accession, picture=None, *, indexed=None, is_stored=True):
        """Record a work; what the index has of it may be another picture."""
        images = []
        if picture is not None:
            sha256 = hashlib.sha256(picture.tobytes()).hexdigest()
            image = ReferenceImage(
                sha256=sha256, media_name=f"{accession}.jpg", width=320, height=240
            )
            if is_stored:
                self.media.write(image.media_name, encode_jpeg(picture))
            images = [image]
            self.indexed.append(
                (
                    gallery_item(accession, sha256),
                    fake_model().reference_features(
                        picture if indexed is None else indexed, LocalSettings()
                    ),
                )
            )
        work = Artwork(accession=accession, images=images)
        self.session.add(work)
        self.session.commit()
        return work

    def add_picture(self, work, picture):
        """Give a recorded work another picture, which the index has."""
        sha256 = hashlib.sha256(picture.tobytes()).hexdigest()
        work.images.append(
            ReferenceImage(
                position=len(work.images),
                sha256=sha256,
                media_name=f"{work.accession}.{len(work.images)}.jpg",
                width=320,
                height=240,
            )
        )
        features = fake_model().reference_features(picture, LocalSettings())
        self.indexed.append((gallery_item(work.accession, sha256), features))
        self.session.commit()

    def publish(self):
        store = Store(self.folders.generations)
        store.build(self.indexed, fake_model(), examine=lambda _: Validation({}, ()))

    def work_off(self, kind, work):
        config = {
            "MORELLI_MODEL": self.folders.instance,
            "MORELLI_MEDIA_URL": "",
            "MORELLI_VECTORS_URL": "",
            "MORELLI_SHARDS_URL": "",
        }
        context = tasks.TaskContext(self.session, self.folders, config)
        tasks.work_off(context, {kind: work})

    def enqueue(self):
        return tasks.enqueue(self.session, survey.KIND, {}, None)

    def look(self):
        """Do what waits; return the task that is new, or the one that went on."""
        task = tasks.unfinished(self.session, survey.KIND) or self.enqueue()
        self.work_off(survey.KIND, survey.survey_collection)
        return task

    def related(self):
        found = self.session.scalars(select(Relation))
        return {(one.artwork.accession, one.other.accession): one.kind for one in found}

    def faulty(self):
        found = self.session.scalars(select(WorkFinding))
        return {(one.artwork.accession, one.kind) for one in found}


@pytest.fixture
def place(session, tmp_path, monkeypatch):
    monkeypatch.setattr(Model, "open", lambda _folder, *, threads: fake_model())
    return Place(session, tmp_path)


@pytest.fixture
def collection(place):
    for accession, picture in PICTURES.items():
        place.record(accession, picture)
    place.record("bare")
    place.publish()
    return place


EXPECTED = {
    ("plain", "copy"): "same_file",
    ("own", "scan"): "duplicate",
    ("own", "detail"): "whole",
    ("scan", "detail"): "whole",
}


def test_a_look_finds_what_is_wrong_and_what_is_related(collection):
    task = collection.look()
    assert task.state is TaskState.DONE
    assert (task.done, task.total) == (7, 7)
    assert collection.related() == EXPECTED
    faulty = collection.faulty()
    assert {("bare", "no_image"), ("grey", "few_features")} <= faulty
    # That photos are answered with a duplicate is said by the relation.
    assert not {one for one in faulty if one[0] in ("own", "scan", "plain", "copy")}


def test_a_look_finds_which_side_of_a_work_in_the_round_is_missing(place):
    kinds = {"flat": "painting", "one": "bust", "linked": "bust", "apart": "statue"}
    for number, (accession, kind) in enumerate(kinds.items()):
        place.record(accession, draw_picture(number)).type = kind
    works = {work.accession: work for work in place.session.scalars(select(Artwork))}
    place.add_picture(works["linked"], draw_picture(2)[10:, 10:])
    place.add_picture(works["apart"], draw_picture(3)[10:, 10:])
    place.add_picture(works["apart"], draw_picture(7))
    place.publish()
    place.look()
    assert place.faulty() == {("one", "one_side"), ("apart", "gap")}
    gap = findings.missing_side(place.session, works["apart"])
    assert gap is not None
    assert gap.figures == {"pictures": 3, "one": 1, "other": 3}
    assert findings.missing_side(place.session, works["linked"]) is None
    # A picture that was added since may be the one that was missing.
    place.add_picture(works["apart"], draw_picture(8))
    assert findings.missing_side(place.session, works["apart"]) is None


def test_that_there_is_one_side_is_known_before_any_look(place):
    work = place.record("one", draw_picture(0))
    assert findings.missing_side(place.session, work) is None
    work.type = "Büste"
    found = findings.missing_side(place.session, work)
    assert found == findings.Finding(findings.FindingKind.ONE_SIDE)


def test_what_an_import_brought_is_compared_with_all(collection):
    session = collection.session
    run = ImportRun(name="works.csv", source="table", location="works.csv")
    session.add(run)
    brought = session.scalars(select(Artwork).where(Artwork.accession == "scan")).one()
    audit.record(session, CREATE, user=None, artwork=brought, run=run)
    session.commit()
    task = tasks.enqueue(session, survey.NEW_KIND, {survey.RUN: run.id}, None)
    collection.work_off(survey.NEW_KIND, survey.survey_import)
    assert (task.state, task.done, task.total) == (TaskState.DONE, 1, 1)
    # Files that are the same need no comparing, so they are always named.
    pairs = {frozenset(pair) for pair in collection.related()}
    expected = {("own", "scan"), ("scan", "detail"), ("plain", "copy")}
    assert pairs == set(map(frozenset, expected))
    assert collection.faulty() == set()


def test_at_night_all_is_looked_through_only_if_something_has_changed(place):
    session = place.session
    context = tasks.TaskContext(session, place.folders, {})

    def is_noted():
        survey.enqueue_if_changed(context)
        return tasks.unfinished(session, survey.KIND) is not None

    place.record("own", draw_picture(0))
    assert not is_noted()  # there is no index
    place.publish()
    assert is_noted()
    assert is_noted()
    assert session.query(Task).count() == 1
    place.look()
    assert not is_noted()
    announce(session, session.scalars(select(Artwork).limit(1)))
    session.commit()
    assert is_noted()
    place.look()
    assert not is_noted()
    place.record("scan", SCAN)
    place.publish()
    assert is_noted()


def test_a_second_look_changes_nothing(collection):
    collection.look()
    faulty = collection.faulty()
    collection.look()
    assert collection.related() == EXPECTED
    assert collection.faulty() == faulty


def test_a_look_that_was_stopped_after_each_work_comes_to_the_same(
    collection, monkeypatch
):
    visited = []

    def find_and_pause(gallery, position):
        visited.append(gallery.items[position].work_id)
        tasks.pause(collection.session, task)
        return find_relatives(gallery, position)

    task = collection.enqueue()
    monkeypatch.setattr(survey, "find_relatives", find_and_pause)
    while collection.look().state is TaskState.PAUSED:
        tasks.go_on(collection.session, task)
    assert task.state is TaskState.DONE
    assert visited == list(PICTURES)
    assert collection.related() == EXPECTED


def test_what_curators_judged_stays_as_they_judged_it(collection):
    collection.look()
    for relation in collection.session.scalars(select(Relation)).all():
        rejected = relation.kind == "duplicate"
        verdict = RelationState.REJECTED if rejected else RelationState.CONFIRMED
        relations.judge(collection.session, relation, verdict, None)
    collection.look()
    verdicts = {
        (one.kind, one.verdict) for one in collection.session.scalars(select(Relation))
    }
    assert verdicts == {
        ("same_file", "confirmed"),
        ("duplicate", "rejected"),
        ("whole", "confirmed"),
    }


def test_what_is_no_longer_so_is_proposed_no_longer(collection):
    collection.look()
    scan = collection.session.scalars(
        select(Artwork).where(Artwork.accession == "scan")
    ).one()
    scan.withdrawn_at = now()
    announce(collection.session, [scan])
    collection.session.commit()
    collection.look()
    assert set(collection.related()) == {("plain", "copy"), ("own", "detail")}


def test_a_work_that_is_taken_for_another_is_named_with_it(place):
    place.record("impostor", draw_picture(0))
    # Of the victim the index has a wall, so that photos of it find the impostor.
    victim = place.record("victim", SCAN, indexed=GREY)
    place.publish()
    place.look()
    fault = place.session.scalars(
        select(WorkFinding).where(
            WorkFinding.artwork == victim, WorkFinding.kind == "not_found"
        )
    ).one()
    assert fault.other.accession == "impostor"
    assert fault.figures == {"asked": 3, "named": 0, "other": 3}


def test_pictures_that_are_not_there_are_named(place):
    place.record("lost", draw_picture(0), is_stored=False)
    place.publish()
    place.record("new", draw_picture(1))
    place.look()
    assert place.faulty() == {("lost", "unreadable"), ("new", "not_indexed")}


def test_without_an_index_it_fails_and_says_what_to_do(place):
    task = place.look()
    assert task.state is TaskState.FAILED
    assert "precompute_descriptors.py" in task.fault


def test_every_kinship_of_pictures_is_a_relation_of_works():
    assert {one.value for one in Kinship} <= {one.value for one in RelationKind}
