"""Pictures that are sent many at a time, for works that are there and for imports."""

import hashlib
import io
import json

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork, ImportRun, SentPicture
from app.retrieval.images.codec import encode_jpeg
from app.services.curation.merging.merger import Merger
from tests.support.fakes import draw_picture
from tests.support.people import logged_in
from tests.web.curate.imports.test_pages import begin, look_through

JSON = {"Accept": "application/json"}
TABLE = "Inv No;Title;Artist;image\nA.1;Hare;Dürer;hare.tif\nA.2;Fox;Ada;\n"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def worker(app):
    return app.extensions[BACKGROUND]


def picture(number):
    return encode_jpeg(draw_picture(number))


def send(person, address, *files):
    """Send files as the script does; return what is said of each."""
    page = person.browser.get(address).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {
        "csrf_token": token,
        "pictures": [(io.BytesIO(data), name) for name, data in files],
    }
    answer = person.browser.post(address, data=data, headers=JSON)
    assert answer.status_code == 200
    return json.loads(answer.text)["pictures"]


def pictures_of(app, accession):
    with app.app_context():
        work = db.session.query(Artwork).filter_by(accession=accession).one()
        return [image.sha256 for image in work.images]


def add_work(curator, accession):
    curator.post("/curate/works/new", accession=accession, title="Kept")


def test_pictures_are_added_to_works_by_their_numbers(app, curator):
    for accession in ("K/2024.7", "K-2025", "K-2026"):
        add_work(curator, accession)
    said = send(
        curator,
        "/curate/pictures/",
        ("K_2024-7.jpg", picture(50)),
        ("k-2024 7 (2).JPG", picture(51)),
        ("K-2025/front.jpg", picture(52)),
        ("nobody.jpg", picture(53)),
        ("K-2026.jpg", b"no picture"),
        ("K-2026/._x.jpg", b"left by a Mac"),
    )
    assert [one["is_used"] for one in said] == [True, True, True, False, False]
    assert "Added to K/2024.7." in said[0]["sentence"]
    assert "No work has this number" in said[3]["sentence"]
    assert "not a picture that can be read" in said[4]["sentence"]
    assert len(pictures_of(app, "K/2024.7")) == 2
    assert len(pictures_of(app, "K-2025")) == 1
    assert pictures_of(app, "K-2026") == []
    again = send(curator, "/curate/pictures/", ("K_2024-7.jpg", picture(50)))
    assert again[0]["is_used"]
    assert "has this very picture already" in again[0]["sentence"]


def test_a_name_that_fits_two_works_is_for_none_and_names_both(app, curator):
    for accession in ("L.1", "L-1"):
        add_work(curator, accession)
    [said] = send(curator, "/curate/pictures/", ("L_1.jpg", picture(54)))
    assert not said["is_used"]
    assert "L.1, L-1" in said["sentence"]


def test_a_picture_of_a_merged_work_is_added_to_the_kept_one(app, curator):
    add_work(curator, "K-1")
    add_work(curator, "K-2")
    with app.app_context():
        kept, gone = (
            db.session.query(Artwork).filter_by(accession=number).one()
            for number in ("K-1", "K-2")
        )
        Merger(db.session(), None).merge(kept, gone, {})
    [said] = send(curator, "/curate/pictures/", ("K-2.jpg", picture(1)))
    assert said["is_used"]
    assert (len(pictures_of(app, "K-1")), len(pictures_of(app, "K-2"))) == (1, 0)


def test_what_is_there_need_not_be_sent_again(curator):
    add_work(curator, "M-1")
    send(curator, "/curate/pictures/", ("M-1.jpg", picture(55)))
    there, other = (hashlib.sha256(picture(n)).hexdigest() for n in (55, 56))
    answer = curator.post(
        "/curate/pictures/known", page="/curate/pictures/", sha256=[there, other]
    )
    assert answer.json == {"known": [there]}


def test_a_truncated_picture_is_used_and_said(curator):
    add_work(curator, "N-1")
    [said] = send(curator, "/curate/pictures/", ("N-1.jpg", picture(57)[:-2]))
    assert said["is_used"]
    assert "The end of the file is missing" in said["sentence"]


def test_without_scripts_all_come_in_one_form(app, curator):
    add_work(curator, "O-1")
    files = [(io.BytesIO(picture(58)), "O-1.jpg"), (io.BytesIO(b""), "x.jpg")]
    page = curator.post("/curate/pictures/", pictures=files)
    assert page.status_code == 200
    assert "Added to O-1." in page.text
    assert len(pictures_of(app, "O-1")) == 1
    assert curator.post("/curate/pictures/").status_code == 422


def test_an_import_waits_for_its_pictures(app, curator, worker):
    mapping = begin(curator, TABLE)
    shown = look_through(curator, worker, mapping)
    page = curator.browser.get(shown).text
    assert "Not one of these works has a picture" in page
    assert "The picture hare.tif is not there." in page
    here = f"{shown}/pictures/"
    said = send(
        curator, here, ("scans/hare.jpg", picture(60)), ("A-2.jpg", picture(61)[:-2])
    )
    assert [one["is_used"] for one in said] == [True, True]
    assert "The end of the file is missing" in said[1]["sentence"]
    known = hashlib.sha256(picture(60)).hexdigest()
    answer = curator.post(f"{here}known", page=here, sha256=[known, "0" * 64])
    assert answer.json == {"known": [known]}
    assert "Look the table through again" in curator.browser.get(shown).text
    curator.post(f"{shown}/look-again", page=here)
    worker.work_off()
    page = curator.browser.get(shown).text
    assert "Not one of these works has a picture" not in page
    assert "hare.tif is not there" not in page
    assert "A-2.jpg lacks its end" in page
    curator.post(f"{shown}/start", page=shown)
    worker.work_off()
    assert pictures_of(app, "A.1") == [known]
    assert len(pictures_of(app, "A.2")) == 1


def test_a_recorded_import_says_so_until_its_pictures_come(app, curator, worker):
    shown = look_through(curator, worker, begin(curator, TABLE))
    curator.post(f"{shown}/start", page=shown)
    worker.work_off()
    assert "no photo finds them" in curator.browser.get(shown).text
    here = f"{shown}/pictures/"
    said = send(curator, here, ("HARE.JPG", picture(62)), ("IM-0.jpg", picture(63)))
    assert "Added to A.1." in said[0]["sentence"]
    assert not said[1]["is_used"]
    assert len(pictures_of(app, "A.1")) == 1
    assert "no photo finds them" not in curator.browser.get(shown).text


def test_a_discarded_import_forgets_what_was_sent(app, curator, worker):
    shown = look_through(curator, worker, begin(curator, TABLE))
    send(curator, f"{shown}/pictures/", ("hare.jpg", picture(64)))
    curator.post(f"{shown}/discard", page=shown)
    with app.app_context():
        assert db.session.query(SentPicture).count() == 0
        assert db.session.query(ImportRun).count() == 0


def test_nobody_else_sends_pictures(app, curator, worker):
    shown = look_through(curator, worker, begin(curator, TABLE))
    visitor = logged_in(app, "visitor@example.org")
    for address in ("/curate/pictures/", f"{shown}/pictures/"):
        for person in (visitor.browser, app.test_client()):
            assert person.get(address).status_code in (302, 403)
            for ending in ("", "known"):
                answer = person.post(f"{address}{ending}", headers=JSON)
                assert answer.status_code in (302, 400, 401, 403)
    with app.app_context():
        assert db.session.query(SentPicture).count() == 0
