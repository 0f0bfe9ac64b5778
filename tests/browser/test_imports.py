"""A catalogue in a real browser: looked through, recorded, taken back."""

import threading

import pytest

from app.background import BACKGROUND
from tests.support.people import with_account
from tests.support.waiting import ended

pytestmark = pytest.mark.browser

TABLE = "Nr;Titel;Künstler;Masse\nB.1;Feldhase;Dürer;25 × 23\n;Niemands;;\n"


@pytest.fixture
def curator(app):
    return with_account(app, "curator@example.org", "curator")


@pytest.fixture
def worker(app):
    """A worker that takes up what is noted, as long as the test lasts."""
    over = threading.Event()

    def work():
        while not over.wait(0.2):
            app.extensions[BACKGROUND].work_off()

    thread = threading.Thread(daemon=True, target=work)
    thread.start()
    yield
    over.set()
    ended(thread)


def log_in(page, person):
    page.goto("/account/login")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda address: "/account/login" not in address)


def test_a_catalogue_is_looked_through_recorded_and_taken_back(
    open_page, curator, worker
):
    page = open_page(width=390)
    log_in(page, curator)
    page.goto("/curate/imports/")
    table = {"name": "works.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.get_by_label("File", exact=True).set_input_files(table)
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("The table begins in row 1.").wait_for()
    page.get_by_text("No column is surely the accession number.").wait_for()
    assert page.get_by_label("Künstler", exact=True).input_value() == "artist"
    page.get_by_label("Nr", exact=True).select_option("accession")
    page.get_by_role("button", name="Look it through").click()
    page.get_by_text("nothing has been changed yet").wait_for()
    page.get_by_text("It has no accession number.").wait_for()
    assert page.goto("/works/B.1").status == 404
    page.go_back()
    page.get_by_role("button", name="Record it so").click()
    page.get_by_role("button", name="Take the whole import back").wait_for()
    page.get_by_role("link", name="Feldhase").click()
    assert page.get_by_label("Artist").input_value() == "Dürer"
    page.get_by_text("25 × 23").wait_for()
    page.go_back()
    page.get_by_role("button", name="Take the whole import back").click()
    page.get_by_role("link", name="Taken back 1").wait_for()
    assert page.goto("/works/B.1").status == 404


def test_a_table_is_read_otherwise(open_page, curator):
    page = open_page(width=390)
    log_in(page, curator)
    page.goto("/curate/imports/")
    data = "Liste;;\nNr;Titel;Künstler\nB.1;Żniwa;Józef Ślęzak\n".encode("cp1250")
    table = {"name": "works.csv", "mimeType": "text/csv", "buffer": data}
    page.get_by_label("File", exact=True).set_input_files(table)
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("it begins in row 2.").wait_for()
    page.get_by_label("Encoding").select_option("cp1250")
    page.get_by_role("button", name="Read it so").click()
    page.get_by_role("cell", name="Józef Ślęzak").wait_for()
    page.get_by_label("The columns are named in row").fill("3")
    page.get_by_role("button", name="Read it so").click()
    page.get_by_text("it begins in row 3.").wait_for()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
