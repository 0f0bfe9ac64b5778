"""Page of the monthly reports: months to download, and the mail."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Query
from app.models.queries import hour_of
from app.services.operations.monthly.months import last_month
from app.services.operations.monthly.sending import PAGE
from tests.support.people import logged_in, with_account

LINK = 'href="/admin/monthly/{:%Y-%m}.pdf"'


@pytest.fixture
def ada(app):
    return logged_in(app, "ada@example.org", "admin")


@pytest.fixture
def month(app, ask, photo):
    """The last month, in which something was asked."""
    ask(photo)
    with app.app_context():
        query = db.session.scalars(select(Query)).one()
        query.created_at = last_month().begin + timedelta(days=2)
        query.asked_hour = hour_of(query.created_at)
        db.session.commit()
    return last_month().first


def wish(app, person, wanted):
    return person.post("/admin/monthly/mail", page="/admin/monthly/", wanted=wanted)


def test_months_that_are_over_can_be_downloaded(ada, month):
    page = ada.browser.get("/admin/monthly/").text
    assert LINK.format(month) in page
    assert page.count(".pdf") == 1
    answer = ada.browser.get(f"/admin/monthly/{month:%Y-%m}.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert f"morelli-{month:%Y-%m}.pdf" in answer.headers["Content-Disposition"]


def test_it_is_in_the_language_of_the_page(ada, month):
    ada.post("/language", page="/", language="de", back="/")
    answer = ada.browser.get(f"/admin/monthly/{month:%Y-%m}.pdf")
    assert b"/Lang (de)" in answer.data


def test_before_the_first_month_is_over_there_is_none(ada):
    page = ada.browser.get("/admin/monthly/").text
    assert ".pdf" not in page
    assert "once that month is over" in page


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-1", "26-01", "2999-01", "1999-12", "x", "2026-01-01"]
)
def test_what_is_no_past_month_is_not_there(ada, month):
    assert ada.browser.get(f"/admin/monthly/{month}.pdf").status_code == 404


def test_the_present_month_is_not_over(ada):
    present = last_month().last + timedelta(days=1)
    address = f"/admin/monthly/{present:%Y-%m}.pdf"
    assert ada.browser.get(address).status_code == 404


def test_mails_are_asked_for_and_stopped(app, ada):
    assert ada.account().reported_month is None
    answer = wish(app, ada, "yes")
    assert (answer.status_code, answer.location) == (303, "/admin/monthly/")
    page = ada.browser.get("/admin/monthly/").text
    assert "will be the first that you get" in page
    assert "Send me no more reports" in page
    assert ada.account().reported_month == last_month().first
    wish(app, ada, "no")
    assert "You get no reports by mail." in ada.browser.get("/admin/monthly/").text
    assert ada.account().reported_month is None


def test_a_wish_that_is_none_is_refused(app, ada):
    assert wish(app, ada, "perhaps").status_code == 400
    assert ada.account().reported_month is None


def test_one_administrators_wish_is_not_anothers(app, ada):
    ben = with_account(app, "ben@example.org", "admin")
    wish(app, ada, "yes")
    assert ben.account().reported_month is None


def test_curators_and_strangers_get_no_report(app, client, month):
    curator = logged_in(app, "curator@example.org", "curator")
    for address in ("/admin/monthly/", f"/admin/monthly/{month:%Y-%m}.pdf"):
        assert curator.browser.get(address).status_code == 403
        assert client.get(address).status_code == 302
    assert curator.post("/admin/monthly/mail", wanted="yes").status_code == 403
    assert curator.account().reported_month is None


def test_without_a_mail_server_the_page_says_so(app, ada):
    hint = "This site has no mail server (MORELLI_SMTP_HOST)"
    assert hint in ada.browser.get("/admin/monthly/").text


def test_the_page_that_mails_name_is_there(app, ada):
    assert ada.browser.get(f"/{PAGE}").status_code == 200
    assert f'href="/{PAGE}"' in ada.browser.get("/admin/").text
