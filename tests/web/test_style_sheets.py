"""Style sheets keep to their areas: what one styles is on no page of another.

The pages are taken from the routes of a museum in which everything has happened, so
that a new one cannot be forgotten; the sheets are read by a parser of CSS.
"""

import re
from collections import defaultdict
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from app.configuration.load import ROOT
from app.extensions import db
from app.models import Query
from app.services.evaluation import feedback
from tests.browser.test_accessibility import addresses
from tests.support.mapped import make_map
from tests.support.people import logged_in
from tests.support.sites import add_page, set_site
from tests.support.style_sheets import Page, Selector, selectors_of

SHEETS = {path.stem: selectors_of(path) for path in (ROOT / "static").glob("*.css")}

VISITORS, ACCOUNTS, CURATORS, ADMINS = "visitors", "accounts", "curators", "admins"
EVERYWHERE = frozenset({VISITORS, ACCOUNTS, CURATORS, ADMINS})
AREAS = {
    **dict.fromkeys(("morelli", "kiosk", "forms"), EVERYWHERE),
    "account": {ACCOUNTS},
    "staff": {CURATORS, ADMINS},
    "admin": {ADMINS},
    "museum": {ADMINS},
    **{sheet: {CURATORS} for sheet in ("curate", "curate-content", "compare", "desk")},
    # Both look through the collection, and see what a work tells.
    **{sheet: {VISITORS, CURATORS} for sheet in ("browse", "content")},
    # On which curators choose what a photo shows.
    "map": {VISITORS, CURATORS},
    "history": {VISITORS, ACCOUNTS},
}
"""Whose pages a sheet is for; the others are for visitors' pages."""
ACCOUNT_FORMS = (
    "accounts",
    "security",
    "history.delete",
    "second_factor",
    "tokens",
    "invitations",
)
"""Endpoints of forms, by their beginnings, which look like those of an account."""
VISITORS_VIEW = ("curate_tours.preview",)
"""What curators see just as visitors do."""
FINGERPRINT = re.compile(r"[.-][0-9a-f]{8,}(?=\.css)")


def areas_of(sheet):
    return AREAS.get(sheet, {VISITORS})


def area_of(endpoint):
    if endpoint.startswith("admin_"):
        return ADMINS
    if endpoint.startswith("curate_") and endpoint not in VISITORS_VIEW:
        return CURATORS
    return ACCOUNTS if endpoint.startswith(ACCOUNT_FORMS) else VISITORS


@pytest.fixture
def pages(app, photo, unknown_photo):
    """Pages by their addresses, each with its area."""
    make_map(app)
    set_site(app, embedding=["https://www.museum.org"], kiosk_seconds=60)
    add_page(app, "imprint", en=("Imprint", "# House\n\n- one\n- [two](/)"))
    person = logged_in(app, "curator@example.org", "curator", "admin")
    answers = []
    for data in (photo, unknown_photo):
        answer = person.post("/queries", page="/", photo=(BytesIO(data), "p.jpg"))
        answers.append(urlsplit(answer.location).path)
    person.post(f"{answers[0]}/share", page=answers[0])
    with app.test_request_context():
        reset = generate_reset_password_token(person.account())
        asked = list(db.session.scalars(select(Query)))
        for query in asked:
            feedback.give(query, is_right=False)
        shared = next(query.share_token for query in asked if query.share_token)
        db.session.commit()
    routes = app.url_map.bind("localhost")
    found = {}
    for address in (*addresses(app, answers[0], shared, reset), answers[1]):
        with person.browser.get(address) as answer:
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            endpoint, _values = routes.match(urlsplit(address).path)
            found[address] = area_of(endpoint), Page(answer.text)
    assert {area for area, _page in found.values()} >= {VISITORS, CURATORS, ADMINS}
    assert len(found) > 60
    return found


def sheets_of(page):
    """Return names of the sheets that a page loads, besides the museum's colours."""
    files = [PurePosixPath(urlsplit(one).path) for one in page.sheets]
    names = (
        FINGERPRINT.sub("", file.name) for file in files if "brand" not in file.parts
    )
    return {name.removesuffix(".css") for name in names}


@pytest.mark.slow
def test_pages_load_the_sheets_of_their_area(pages):
    strays, loaded = [], set()
    for address, (area, page) in pages.items():
        sheets = sheets_of(page)
        assert sheets <= SHEETS.keys()
        loaded |= sheets
        strays += [f"{address}: {one}" for one in sheets if area not in areas_of(one)]
    assert strays == []
    # Neither a kiosk nor a label is here.
    assert loaded >= SHEETS.keys() - {"kiosk", "reading"}


@pytest.mark.slow
def test_no_sheet_styles_anything_on_a_page_of_another_area(pages):
    strays = defaultdict(list)
    for address, (area, page) in pages.items():
        for sheet, selectors in SHEETS.items():
            if area in areas_of(sheet):
                assert sheet != "morelli" or any(map(page.matched, selectors))
                continue
            for one in filter(page.matched, selectors):
                strays[f"{sheet}.css: {one.text}"].append(address)
    assert dict(strays) == {}


def bare(selectors):
    """Return classes that are styled without another one of the same sheet."""
    return {name for one in selectors if len(one.classes) == 1 for name in one.classes}


@pytest.mark.slow
def test_no_class_is_styled_by_two_sheets_of_one_page(pages):
    # What all pages begin with, each area may adjust to its own.
    together = {
        frozenset(sheets_of(page)) - {"morelli", "kiosk"}
        for _area, page in pages.values()
    }
    assert len(together) > 10
    twice = {
        (name, *sorted(sheet for sheet in sheets if name in bare(SHEETS[sheet])))
        for sheets in together
        for name in set().union(*(bare(SHEETS[sheet]) for sheet in sheets))
        if sum(name in bare(SHEETS[sheet]) for sheet in sheets) > 1
    }
    assert twice == set()


@pytest.mark.parametrize(
    ("text", "is_matched"),
    [
        (".cases > li", True),
        (".cases:not(.old, .new) li:hover::after", True),
        ("ul:has(> li) :is(b, .none)", True),
        (".cases > b", False),
        (".rows li", False),
    ],
)
def test_selectors_are_asked_as_browsers_ask_them(text, is_matched):
    page = Page("<html><body><ul class='cases wide'><li><b>!</b></li></ul></html>")
    assert page.matched(Selector("curate", text)) is is_matched


def test_all_selectors_can_be_asked():
    assert sum(bool(one.path) for sheet in SHEETS.values() for one in sheet) > 800
