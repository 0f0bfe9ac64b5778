"""The admins' pages in a real browser, on a desk and on a phone."""

import re

import pytest
from sqlalchemy import select

from app.background import BACKGROUND
from app.extensions import db
from app.models import Query
from app.models.queries import hour_of
from app.services.evaluation import feedback
from app.services.operations.monthly.months import last_month
from tests.browser.views import faults_in_views, shows
from tests.support.labelled import labelled_photos
from tests.support.people import PASSWORD, with_account

pytestmark = pytest.mark.browser

PAGES = (
    *("/admin/", "/admin/speed", "/admin/most-found"),
    *("/curate/desk/?of=unanswered", "/curate/desk/?of=wrong"),
    *("/admin/recognition/", "/admin/recognition/?of=feedback"),
    *("/admin/evaluations/", "/admin/evaluations/1", "/admin/evaluations/disputed"),
)
"""Those that show more once photos were asked; the others are walked elsewhere."""


@pytest.fixture
def admin(app):
    return with_account(app, "ada@example.org", "admin")


@pytest.fixture
def log_in(open_page, admin):
    def start(**options):
        page = open_page("/account/login", **options)
        page.get_by_label("E-mail address").fill(admin.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda address: "/account/login" not in address)
        return page

    return start


def evaluate(app, page):
    page.goto("/admin/evaluations/")
    page.get_by_label("ZIP file").set_input_files(
        {
            "name": "march.zip",
            "mimeType": "application/zip",
            "buffer": labelled_photos(),
        }
    )
    page.get_by_label("Name of the report").fill("March")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/curate/**")
    app.extensions[BACKGROUND].work_off()
    # The page looks again when it is over, which would get in the way of the next.
    page.get_by_text("Ended").wait_for()


def test_an_evaluation_becomes_a_report(app, log_in):
    page = log_in()
    evaluate(app, page)
    page.goto("/admin/evaluations/")
    page.get_by_role("link", name="March").click()
    page.get_by_role("heading", name="March").wait_for()
    row = page.get_by_role("row", name="A right work comes first 50")
    row.wait_for()
    shown = page.get_by_role("img", name="c.jpg").first
    assert shows(shown)


def test_sliders_say_at_once_what_thresholds_mean(app, log_in, client, ask, photo):
    page = log_in()
    evaluate(app, page)
    page.goto("/admin/recognition/")
    then = page.locator('[data-share="precision"]')
    assert then.inner_text().startswith("33.3")
    set_slider(page, "Found", "1")
    recall = page.locator('[data-share="recall"]').filter(has_text=re.compile(r"^0\.0"))
    recall.wait_for()
    set_slider(page, "Perhaps one of these", "0.4")
    page.locator('td[data-value="uncertain"]', has_text="0.400").wait_for()
    page.get_by_label("Set them all the same").check()
    page.get_by_role("button", name="Set these thresholds").click()
    page.get_by_text("The very next search obeys them.").wait_for()
    assert "Perhaps one of these" in ask(photo, follow_redirects=True).text
    page.get_by_role("button", name="Back to the model’s own").click()
    page.get_by_text("The model’s own thresholds are good again.").wait_for()
    assert "Perhaps one of these" not in ask(photo, follow_redirects=True).text


def set_slider(page, name, value):
    page.get_by_role("slider", name=name).evaluate(
        "(slider, value) => { slider.value = value;"
        " slider.dispatchEvent(new Event('input')); }",
        value,
    )


def test_without_a_script_the_server_computes_the_same(app, log_in):
    page = log_in(java_script_enabled=False)
    evaluate(app, page)
    page.goto("/admin/recognition/?found=1&uncertain=0.4")
    assert page.locator('[data-share="recall"]').inner_text().startswith("0.0")
    assert page.get_by_role("button", name="Try").is_visible()


def test_an_account_is_locked_and_unlocked(app, log_in):
    with_account(app, "bob@example.org")
    page = log_in()
    page.goto("/admin/users/")
    page.get_by_label("Part of the address").fill("bob")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="bob@example.org").click()
    page.get_by_role("button", name="Lock", exact=True).click()
    page.get_by_text("nobody gets in by it").wait_for()
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("button", name="Lock", exact=True).wait_for()


def test_wrong_answers_have_room_for_their_words(app, log_in, ask, photo):
    ask(photo)
    with app.app_context():
        [query] = db.session.query(Query)
        feedback.give(query, is_right=False)
    page = log_in()
    evaluate(app, page)
    for path in ("/admin/evaluations/1", "/admin/recognition/"):
        page.goto(path)
        words = page.locator(".answers p.hint").filter(has_text="details agree").first
        assert words.bounding_box()["width"] > 250, path


def test_every_page_with_answers_is_for_everybody(
    app, log_in, ask, photo, unknown_photo
):
    ask(photo)
    ask(unknown_photo)
    page = log_in()
    evaluate(app, page)
    found = []
    for path in PAGES:
        answer = page.goto(path)
        assert answer.status == 200, path
        for summary in page.locator("main summary").all():
            summary.click()
        found += faults_in_views(page)
    assert found == []


def focus_by_keyboard(page, words):
    """Reach a button as somebody does who has no mouse."""
    focused = page.locator("button:focus")
    for _ in range(80):
        page.keyboard.press("Tab")
        if focused.count() and words in focused.inner_text():
            return
    raise AssertionError("The button cannot be reached by keyboard.")


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_an_answer_is_right_after_all(app, log_in, java_script_enabled):
    page = log_in(java_script_enabled=java_script_enabled)
    evaluate(app, page)
    page.goto("/admin/evaluations/disputed")
    page.get_by_role("heading", name="2 cases are open").wait_for()
    name = "This is right after all 1900.4 in c.jpg"
    assert page.get_by_role("button", name=name).count() == 2
    focus_by_keyboard(page, "This is right after all")
    page.keyboard.press("Enter")
    page.get_by_text("Noted for every evaluation with this photo").wait_for()
    page.get_by_role("heading", name="0 cases are open").wait_for()
    page.goto("/admin/evaluations/1")
    page.get_by_role("row", name="A right work comes first 100").wait_for()
    page.goto("/admin/evaluations/disputed")
    page.get_by_role("img", name="c.jpg").wait_for()
    if java_script_enabled:  # which finding faults needs, too
        assert faults_in_views(page) == []
    page.get_by_role("button", name="Take back c.jpg 1900.4").click()
    page.get_by_role("heading", name="2 cases are open").wait_for()


def test_deaf_thresholds_need_somebody_who_is_sure(app, log_in):
    page = log_in()
    evaluate(app, page)
    page.goto("/admin/recognition/")
    assert page.get_by_role("button", name="Set these thresholds").count() == 0
    set_slider(page, "Found", "1")
    page.get_by_text("Something speaks against these thresholds.").wait_for()
    page.get_by_text("Only 2 photos of our works were judged").wait_for()
    assert faults_in_views(page) == []
    page.get_by_role("button", name="Set these thresholds").click()
    assert "thresholds are set" not in page.locator("main").inner_text()
    page.get_by_label("Set them all the same").check()
    page.get_by_role("button", name="Set these thresholds").click()
    page.get_by_text("The very next search obeys them.").wait_for()


def test_the_monthly_report_is_downloaded_and_asked_for(app, log_in, ask, photo):
    ask(photo)
    with app.app_context():
        query = db.session.scalars(select(Query)).one()
        query.created_at = last_month().begin
        query.asked_hour = hour_of(query.created_at)
        db.session.commit()
    page = log_in()
    page.goto("/admin/")
    page.get_by_role("link", name="Monthly report").click()
    page.get_by_role("button", name="Send me the report every month").click()
    page.get_by_text("will be the first that you get").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="(PDF)").click()
    month = f"{last_month().first:%Y-%m}"
    assert download.value.suggested_filename == f"morelli-{month}.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    assert faults_in_views(page) == []
