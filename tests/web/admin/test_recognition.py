"""Thresholds and what they mean, as admins see them."""

import re

import pytest

from app.extensions import db
from app.models import EvaluationReport, Query
from app.services.evaluation import feedback
from tests.support.people import logged_in

PAGE = "/admin/recognition/"


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin")


def shares(page):
    return dict(re.findall(r'data-share="(\w+)">([^<]+)<', page))


def case(probability, *, right=True, ours=True):
    return {
        "number": 1,
        "name": "photo.jpg",
        "expected": ["1900.1"] if ours else [],
        "answered": "1900.0",
        "left_out": False,
        "photo": False,
        "answered_image": "",
        "probability": probability,
        "similarity": 0.5,
        "inlier_count": 12,
        "is_right": right,
        "is_answerable": ours,
    }


@pytest.fixture
def report(app):
    cases = [case(0.9), case(0.85, right=False, ours=False), case(0.2)]
    with app.app_context():
        db.session.add(EvaluationReport(name="First", cases=cases))
        db.session.commit()


def test_before_anything_is_known_the_page_is_there(admin):
    page = admin.browser.get(PAGE).text
    assert shares(page)["precision"] == "–"
    assert "There is no curve to draw" in page


@pytest.mark.usefixtures("report")
def test_tried_thresholds_show_at_once_what_they_mean(admin):
    page = admin.browser.get(f"{PAGE}?found=0.8&uncertain=0.1").text
    assert shares(page)["precision"] == "50.0 %"
    assert "1 of 2 (9 to 91 %)" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert shares(page)["false_accepts"] == "100.0 %"
    page = admin.browser.get(f"{PAGE}?found=0.88&uncertain=0.5").text
    assert shares(page) == {
        "precision": "100.0 %",
        "recall": "50.0 %",
        "false_accepts": "0.0 %",
        "unanswered": "33.3 %",
    }


@pytest.mark.usefixtures("report")
def test_works_that_were_confused_are_shown(admin):
    assert "answered 1900.0" in admin.browser.get(f"{PAGE}?found=0.8").text
    assert "answered 1900.0" not in admin.browser.get(f"{PAGE}?found=0.99").text


def test_what_visitors_said_counts(app, admin, ask, photo):
    asked = ask(photo).location.rpartition("/")[2]
    with app.app_context():
        query = db.session.get(Query, asked)
        assert query is not None
        feedback.give(query, is_right=True, artwork=query.matches[0].artwork)
    page = admin.browser.get(f"{PAGE}?of=feedback").text
    assert shares(page)["precision"] == "100.0 %"


def test_set_thresholds_are_obeyed_shown_and_taken_back(admin, ask, photo):
    admin.post(f"{PAGE}thresholds", page=PAGE, found="1", uncertain="0.5", sure="yes")
    page = ask(photo, follow_redirects=True).text
    assert "Perhaps one of these" in page
    assert "1.000" in admin.browser.get(PAGE).text
    assert "Thresholds changed" in admin.browser.get("/admin/changes/").text
    admin.post(f"{PAGE}thresholds/reset", page=PAGE)
    assert "Perhaps one of these" not in ask(photo, follow_redirects=True).text


@pytest.mark.parametrize(
    ("found", "uncertain"),
    [("0.1", "0.9"), ("2", "0"), ("x", ""), ("nan", "nan"), ("inf", "0"), ("", "")],
)
def test_thresholds_that_make_no_sense_are_refused(admin, found, uncertain):
    fields = {"found": found, "uncertain": uncertain}
    answer = admin.post(f"{PAGE}thresholds", page=PAGE, **fields)
    assert "cannot be used" in admin.browser.get(answer.location).text
    assert "Nothing yet" in admin.browser.get("/admin/changes/").text
    assert admin.browser.get(PAGE, query_string=fields).status_code == 200


def keep_report(app, cases):
    with app.app_context():
        db.session.add(EvaluationReport(name="Many", cases=cases))
        db.session.commit()


def set_to(admin, found, **fields):
    answer = admin.post(
        f"{PAGE}thresholds", page=PAGE, found=str(found), uncertain="0.1", **fields
    )
    return admin.browser.get(answer.location).text


@pytest.mark.usefixtures("report")
def test_few_judgements_are_warned_of_and_somebody_has_to_say_so(admin):
    page = admin.browser.get(f"{PAGE}?found=0.15&uncertain=0.1").text
    assert "Only 2 photos of our works were judged" in page
    assert "Only 1 photo of something else was judged" in page
    assert 'name="sure"' in page
    page = set_to(admin, 0.15)
    assert "are not set" in page
    assert "Only 2 photos of our works were judged" in page
    assert "Nothing yet" in admin.browser.get("/admin/changes/").text
    assert "The thresholds are set" in set_to(admin, 0.15, sure="yes")
    trail = admin.browser.get("/admin/changes/").text
    assert "2 of 2" in trail


def test_thresholds_under_which_works_are_not_found_are_refused(app, admin):
    ours = [case(0.9) for _ in range(20)] + [case(0.6) for _ in range(20)]
    keep_report(app, ours + [case(0.1, right=False, ours=False) for _ in range(40)])
    set_to(admin, 0.5, sure="yes")
    page = admin.browser.get(f"{PAGE}?found=0.8&uncertain=0.1").text
    assert "These thresholds cannot be set." in page
    assert "20 of 40" in page
    assert "Set these thresholds" not in page
    assert "are not set" in set_to(admin, 0.8, sure="yes")
    assert "0.500" in admin.browser.get(PAGE).text
    # What finds everything has nothing against it, and asks for no word more.
    page = admin.browser.get(f"{PAGE}?found=0.55&uncertain=0.1").text
    assert "speaks against" not in page
    assert "The thresholds are set" in set_to(admin, 0.55)


def test_changed_thresholds_promise_nothing_to_visitors(admin, client):
    promise = "was learnt from simulated photos"
    assert promise in client.get("/about").text
    admin.post(f"{PAGE}thresholds", page=PAGE, found="0.9", uncertain="0.5", sure="y")
    assert promise not in client.get("/about").text


def test_without_an_index_there_is_nothing_to_decide(admin, publication):
    publication.searcher = None
    answer = admin.browser.get(PAGE)
    assert answer.status_code == 503
    assert "precompute_descriptors.py" in answer.text
