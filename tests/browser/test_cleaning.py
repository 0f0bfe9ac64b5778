"""Duplicates made one and two again, and works put into the bin, in a real browser."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, Relation, now
from tests.browser.test_accessibility import log_in
from tests.browser.views import faults_in_views
from tests.support.people import with_account

pytestmark = pytest.mark.browser


@pytest.fixture
def curator(app):
    return with_account(app, "curator@example.org", "curator")


@pytest.fixture
def duplicates(app):
    """The astronomer's table, twice."""
    with app.app_context():
        one, other = (
            db.session.scalars(select(Artwork).where(Artwork.accession == number)).one()
            for number in ("1900.0", "1900.3")
        )
        other.title, other.artist = one.title, one.artist
        other.rights = "CC0"
        db.session.add(
            Relation(artwork=one, other=other, kind="duplicate", inlier_count=200)
        )
        db.session.commit()


def test_two_works_become_one_and_two_again(open_page, curator, duplicates):
    page, visitor = open_page(width=390), open_page()
    log_in(page, curator)
    page.goto("/curate/care/?kind=duplicate")
    page.get_by_role("link", name="Merge the two").click()
    page.wait_for_url("**/merging/*/*")
    assert faults_in_views(page) == []
    rights = page.get_by_role("group", name="Rights")
    assert rights.get_by_role("radio", name="CC0").is_checked()
    page.get_by_role("button", name="Merge the two").click()
    page.get_by_text("1900.3 is merged into this work").wait_for()
    visitor.goto("/works/1900.3")
    assert visitor.url.endswith("/works/1900.0")
    page.get_by_role("button", name="Take back Merged").click()
    page.get_by_text("Taken back.").first.wait_for()
    visitor.goto("/works/1900.3")
    assert visitor.url.endswith("/works/1900.3")


def test_all_of_these_are_merged_in_one_go_and_taken_back(
    open_page, curator, duplicates
):
    page = open_page()
    log_in(page, curator)
    page.goto("/curate/care/?kind=duplicate")
    page.get_by_role("link", name="Merge many of these").click()
    page.get_by_label("Rather keep numbers").fill("1900.0")
    page.get_by_role("button", name="Show what it would do").click()
    page.get_by_text("1900.3 becomes a part of 1900.0").wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("button", name="Merge the ticked pairs").click()
    page.get_by_text("1 pair is merged.").wait_for()
    page.get_by_role("button", name="Take back Many merged in one go").click()
    page.get_by_text("Taken back.").first.wait_for()
    page.goto("/works/1900.3")
    assert page.url.endswith("/works/1900.3")


def test_a_work_in_the_bin_is_restored_another_deleted(app, open_page, curator):
    with app.app_context():
        for work in db.session.scalars(select(Artwork).order_by(Artwork.id).limit(2)):
            work.withdrawn_at = now()
        db.session.commit()
    page = open_page(width=390)
    log_in(page, curator)
    page.goto("/curate/bin/")
    assert faults_in_views(page) == []
    page.get_by_role("checkbox", name="1900.0").check()
    page.get_by_role("button", name="Restore the ticked works").click()
    page.get_by_text("1 work is on show again.").wait_for()
    page.get_by_role("checkbox", name="1900.1").check()
    page.get_by_role("button", name="Delete ticked works").click()
    page.get_by_role("heading", name="Delete 1 work for good?").wait_for()
    page.get_by_role("button", name="Delete 1 work for good").click()
    page.get_by_text("1 work is deleted for good.").wait_for()
    page.get_by_text("The bin is empty.").wait_for()
