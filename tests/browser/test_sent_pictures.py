"""Many pictures sent in a real browser: on a phone, with keys, and gone on with."""

import pytest

from app.extensions import db
from app.models import Artwork
from app.retrieval.images.codec import encode_jpeg
from tests.browser.test_imports import log_in
from tests.support.fakes import draw_picture
from tests.support.people import with_account

pytestmark = pytest.mark.browser


@pytest.fixture
def curator(app):
    with app.app_context():
        db.session.add_all([Artwork(accession="B.7"), Artwork(accession="B.8")])
        db.session.commit()
    return with_account(app, "curator@example.org", "curator")


def file_of(name, number):
    data = encode_jpeg(draw_picture(number))
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def count(app):
    with app.app_context():
        return db.session.query(Artwork).filter(Artwork.images.any()).count()


def test_pictures_are_sent_and_what_is_there_is_not_sent_again(app, open_page, curator):
    before = count(app)
    page = open_page(width=390)
    log_in(page, curator)
    page.goto("/curate/pictures/")
    files = [file_of("B-7.jpg", 70), file_of("nobody.jpg", 71)]
    page.get_by_label("Pictures", exact=True).set_input_files(files)
    page.get_by_role("button", name="Send them").press("Enter")
    page.get_by_text("Done. Used: 1 of 2").wait_for()
    received = page.get_by_role("list", name="What came of each picture")
    # What needs somebody stands first.
    assert "nobody.jpg" in received.locator("li").first.inner_text()
    page.get_by_text("Added to B.7.").wait_for()
    sent = []
    page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    files = [file_of("B-7.jpg", 70), file_of("B-8.jpg", 72)]
    page.get_by_label("Pictures", exact=True).set_input_files(files)
    page.get_by_role("button", name="Send them").click()
    page.get_by_text("Done. Used: 2 of 2").wait_for()
    page.get_by_text("It is there already.").wait_for()
    assert [one.url.rpartition("/")[2] for one in sent] == ["known", ""]
    assert count(app) == before + 2
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_a_folder_is_sent_with_its_names(open_page, curator, tmp_path):
    folder = tmp_path / "B-8"
    folder.mkdir()
    (folder / "front.jpg").write_bytes(encode_jpeg(draw_picture(73)))
    page = open_page(width=1200)
    log_in(page, curator)
    page.goto("/curate/pictures/")
    chosen = page.get_by_label("Or a folder with all that is in it")
    chosen.set_input_files(tmp_path / "B-8")
    page.get_by_role("button", name="Send them").click()
    page.get_by_text("Added to B.8.").wait_for()
