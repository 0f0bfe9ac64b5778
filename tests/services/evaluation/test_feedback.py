import csv

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork
from app.retrieval.evaluation.asking import LabelledPhoto
from app.retrieval.verification.evidence import Verdict
from app.services.evaluation import feedback
from app.services.evaluation.labelled_photos import open_photos, read_labels
from app.services.media.folder import FolderStore
from app.web.shell.current import folders, search_service

pytestmark = pytest.mark.usefixtures("in_app")
WORKS = {f"1900.{number}" for number in range(7)}


def ask(photo, *, is_right=True, artwork=None):
    query = search_service().search(photo)
    feedback.give(query, is_right=is_right, artwork=artwork)
    return query


def export(folder):
    return feedback.export(db.session(), FolderStore(folders().queries), folder)


def test_confirmed_answers_become_a_list_that_evaluation_reads(
    tmp_path, photo, photo_of_two, unknown_photo
):
    one, two, none = ask(photo), ask(photo_of_two), ask(unknown_photo)
    done = export(tmp_path)
    assert (done.photos, done.without_photo, done.without_label) == (3, 0, 0)
    labels, faults = read_labels(done.path, WORKS)
    assert faults == []
    assert {(label.photo.stem, label.works) for label in labels} == {
        (one.id, frozenset({"1900.0"})),
        (two.id, frozenset({"1900.0", "1900.4"})),
        (none.id, frozenset()),
    }
    shown = [
        photo
        for photo in open_photos(labels, lambda _: {}, ())
        if isinstance(photo, LabelledPhoto)
    ]
    shapes = [photo.image.shape for photo in shown]
    assert shapes == [(360, 480, 3), (360, 960, 3), (360, 480, 3)]


def test_the_proposal_that_was_chosen_is_the_label(tmp_path, photo):
    query = ask(photo)
    query.verdict = Verdict.UNCERTAIN
    feedback.give(query, is_right=True, artwork=query.matches[0].artwork)
    with export(tmp_path).path.open(encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert row["references"] == "1900.0"
    assert row["kind"] == "answered uncertain"


def test_the_work_that_its_visitor_found_is_the_label(tmp_path, photo, unknown_photo):
    other = db.session.scalars(select(Artwork).filter_by(accession="1900.3")).one()
    for one in (photo, unknown_photo):
        feedback.name_work(search_service().search(one), other, "number")
    with export(tmp_path).path.open(encoding="utf-8") as file:
        assert [row["references"] for row in csv.DictReader(file)] == ["1900.3"] * 2


def test_what_nobody_knows_or_keeps_is_left_out_and_counted(tmp_path, photo):
    ask(photo, is_right=False)
    gone = ask(photo)
    gone.photo_name = None
    lost = ask(photo)
    (folders().queries / lost.photo_name).unlink()
    db.session.commit()
    done = export(tmp_path)
    assert (done.photos, done.without_photo, done.without_label) == (0, 2, 1)


def test_a_work_that_was_deleted_is_no_label(tmp_path, photo):
    query = ask(photo)
    feedback.give(query, is_right=True, artwork=query.matches[0].artwork)
    db.session.delete(query.matches[0].artwork)
    db.session.commit()
    db.session.expire_all()
    assert export(tmp_path).without_label == 1


def test_exporting_again_forgets_photos_that_were_deleted_since(tmp_path, photo):
    query = ask(photo)
    export(tmp_path)
    assert len(list((tmp_path / "photos").glob("*.jpg"))) == 1
    query.photo_name = None
    db.session.commit()
    export(tmp_path)
    assert list((tmp_path / "photos").glob("*.jpg")) == []


def test_the_command_says_where_and_how_to_go_on(app, tmp_path, photo):
    ask(photo)
    result = app.test_cli_runner().invoke(
        args=["feedback", "export", str(tmp_path / "out")]
    )
    assert result.exit_code == 0, result.output
    assert "evaluate.py --queries" in result.output
    assert "Retention does not reach them" in result.output
    assert (tmp_path / "out" / "photos.csv").is_file()
