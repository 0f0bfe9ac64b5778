"""Every journey of a visitor: all views, by keyboard, without a script, all languages.

What a journey does in detail is in the file of its own; here they are walked one after
the other, each from the page on which it matters.
"""

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Feedback, MediaKind, Query
from app.retrieval.images.quality import QualityIssue
from app.retrieval.verification.evidence import Verdict
from app.services.accounts import first_admin
from app.services.curation.work_media import MediaEditor, said_of
from app.services.labels.reading import LabelReading, ReadWork, Sign
from app.services.search.evidence import PhotoRemark
from app.web.shell.current import media
from app.web.shell.languages import LANGUAGES
from tests.browser.keyboard import press, reach, to_field
from tests.browser.test_accessibility import ask, log_in
from tests.browser.test_languages import faults_of, untranslated
from tests.browser.views import faults_in_all_views
from tests.support.people import with_account
from tests.support.recordings import make_recording
from tests.support.sites import add_page, set_site
from tests.support.visits import found, tour_of, work_of

pytestmark = pytest.mark.browser

OUTLINE = [[0.1, 0.1], [0.6, 0.1], [0.6, 0.3], [0.1, 0.3]]
HOUSE = "Haus am Fluss"
TABLE = "The Astronomer’s Table"
OPENED = "for (const one of document.querySelectorAll('main details')) one.open = true"
SPOT = "getComputedStyle(document.activeElement.querySelector('.spot')).fill"
IS_HEARD = "audio => !audio.paused && audio.currentTime > 0"


def tell(work):
    """Let a work tell a story in two languages, and speak."""
    work.details = {
        "story@de": "Der Tisch stand im *Turm*.",
        "story@en": "The table stood in the *tower*.",
    }
    db.session.commit()
    said = said_of("de", "Ein Ton", "Sie hören einen Ton.")
    editor = MediaEditor(db.session(), media().recordings, None)
    file = BytesIO(make_recording("mp3", seconds=2))
    editor.add_recording(work, MediaKind.AUDIO, file, said)


def answered(visitor, *works, verdict=Verdict.NOT_FOUND, quality=None, **fields):
    """Keep an answer to a visitor; return its address."""
    told = {"blur": 0, "glare": 0, "lightness": 128, "work_share": None}
    kept = {**told, "faults": [], "remarks": [], **(quality or {})}
    facts = {"visitor": visitor, "quality": kept, **fields}
    return f"/queries/{found(*works, verdict=verdict, **facts).id}"


def read(*signs, lines=()):
    """Return what was read, as it is kept with an answer."""
    work = ReadWork("1900.0", True, signs, OUTLINE if lines else None)
    return LabelReading.of([work], lines).packed(keeps_lines=True)


@pytest.fixture
def journeys(app, open_page, photo_of_two):
    """Let a visitor do everything once; return the pages and the visitor's cookies."""
    set_site(app, embedding=["https://www.museum.org"], kiosk_seconds=600)
    add_page(app, "house", **dict.fromkeys(LANGUAGES, (HOUSE, f"# {HOUSE}\n\n- 10–18")))
    page = open_page(width=390)
    several = ask(page, photo_of_two)
    page.goto("/works/1900.3")
    page.get_by_role("button", name="Add to my visit").click()
    page.get_by_role("link", name="In your visit of today").wait_for()
    page.get_by_role("button", name="Favourite", exact=True).click()
    page.get_by_role("button", name="Favourite", exact=True, pressed=True).wait_for()
    cookies = page.context.storage_state()
    with app.app_context():
        table = work_of(0)
        tell(table)
        work_of(3).location = table.location
        tour = tour_of(table, work_of(3), title="Tiere")
        db.session.add(tour)
        visitor = db.session.scalars(select(Query.visitor)).one()
        refused = answered(visitor, table, verdict=Verdict.FOUND)
        asked = db.session.get_one(Query, refused.rpartition("/")[2])
        asked.feedback = Feedback(is_right=False)
        dark = {"faults": [QualityIssue.BLACK], "remarks": [PhotoRemark.REDUCED]}
        turned = {"remarks": [PhotoRemark.MIRRORED, PhotoRemark.CROPPED]}
        lines = ("Ada Bright", TABLE)
        pages = {
            "content": "/works/1900.0",
            "first page": "/",
            "number": "/find?number=9",
            "words": "/find?q=table",
            "label": answered(visitor, reading=read(Sign.TITLE, lines=lines)),
            "code": answered(visitor, reading=read(Sign.CODE)),
            "viewfinder": "/viewfinder",
            "visit": "/visit",
            "favourites": "/favourites",
            "tours": "/tours/",
            "tour": f"/tours/{tour.id}",
            "own page": "/pages/house",
            "box": "/embed",
            "black photo": answered(visitor, quality=dark),
            "mirrored photo": answered(
                visitor, table, verdict=Verdict.FOUND, quality=turned
            ),
            "perhaps": answered(visitor, table, verdict=Verdict.UNCERTAIN),
            "several": several,
            "which one": refused,
        }
        db.session.commit()
    return pages, cookies


def test_every_journey_is_for_everybody(journeys, open_page):
    pages, cookies = journeys
    page = open_page(storage_state=cookies)
    found = []
    for address in pages.values():
        page.goto(address)
        page.evaluate(OPENED)
        found += faults_in_all_views(page)
    page.goto("/kiosk/")
    page.get_by_role("button", name="Start again").wait_for()
    found += faults_in_all_views(page)
    assert found == []


def test_every_journey_speaks_every_language(journeys, open_page):
    pages, cookies = journeys
    found = []
    for language in LANGUAGES:
        english = untranslated(language) if language != "en" else set()
        page = open_page(width=390, locale=language, storage_state=cookies)
        for address in (*pages.values(), "/kiosk/"):
            page.goto(address)
            found += faults_of(page, language, english)
    assert found == []


def hears_and_reads(page):
    press(page, "German")
    page.locator("#text-1[lang=de]").wait_for()
    reach(page, lambda focused: focused["name"].startswith("AUDIO"))
    page.keyboard.press("Space")
    audio = page.locator("audio").element_handle()
    page.wait_for_function(IS_HEARD, arg=audio)
    page.keyboard.press("Space")
    press(page, "Transcript – Ein Ton")
    page.get_by_text("Sie hören einen Ton.").wait_for()


def types_a_number(page):
    to_field(page, "number")
    page.keyboard.type("1900.")
    press(page, "3")
    press(page, "Letters")
    page.keyboard.press("Enter")
    page.wait_for_url("**/works/1900.3")


def chooses_a_word(page):
    to_field(page, "q")
    page.keyboard.type("astronmer")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/works/1900.0")


def chooses_a_room(page):
    press(page, "Which room are you in?")
    page.wait_for_url("**/find#room")
    to_field(page, "room")
    page.keyboard.type("Room 12")
    press(page, "Show its works")
    page.get_by_role("heading", name="Room 12", exact=True).wait_for()
    press(page, "Landscape 3")
    page.wait_for_url("**/works/1900.3")


def follows_the_label(page):
    press(page, TABLE)
    page.wait_for_url("**/works/1900.0")


def reads_the_label(page):
    press(page, "What was read, letter by letter")
    page.get_by_text("Ada Bright").last.wait_for()


def begins_the_camera(page):
    press(page, "Start the camera")
    page.get_by_role("alert").wait_for()
    press(page, "Ask with a photo")
    page.wait_for_url(lambda address: urlsplit(address).path == "/")


def sends_the_visit(page):
    press(page, "Make a link")
    page.get_by_label("Link to this visit").wait_for()
    press(page, "Take the link back")
    page.get_by_role("button", name="Make a link").wait_for()


def drops_a_favourite(page):
    press(page, "Favourite: Landscape 3")
    page.locator('button.heart[value="1900.3"][aria-pressed="false"]').wait_for()


def walks_a_tour(page):
    press(page, "Tiere 2 stops · English")
    page.get_by_role("heading", name="Tiere", level=1).wait_for()
    press(page, "Begin the tour")
    page.get_by_text(f"Look at {TABLE}.").wait_for()
    press(page, "Next: Landscape 3")
    page.get_by_text("Look at Landscape 3.").wait_for()


def turns_the_own_page(page):
    press(page, HOUSE)
    page.wait_for_url("**/pages/house")


def asks_in_the_box(page):
    to_field(page, "q")
    page.keyboard.type("table")
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    opened.value.wait_for_url("**/find?q=table")


def taps_a_work(page):
    for _ in range(2):
        # Drawn on the photo: its line is twice as thick, and its number dark on white.
        reach(page, lambda one: one["name"].startswith("a "), is_outlined=False)
        assert page.evaluate(SPOT) == "rgb(255, 255, 255)"
    page.keyboard.press("Enter")
    page.wait_for_url("**#work-2")


def says_which_one(page):
    press(page, "No, not all of them")
    page.get_by_role("heading", name="Is it one of these?").wait_for()
    reach(page, lambda focused: "It is this one:" in focused["name"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/works/*")
    page.get_by_text("Thank you. You said that it is").wait_for()


def begins_again(page):
    press(page, "Start again")
    page.get_by_role("heading", name="Which work is this?").wait_for()


BY_KEYBOARD = (
    *(("content", hears_and_reads), ("first page", types_a_number)),
    *(("first page", chooses_a_word), ("first page", chooses_a_room)),
    *(("label", follows_the_label), ("label", reads_the_label)),
    *(("code", follows_the_label), ("viewfinder", begins_the_camera)),
    *(("visit", sends_the_visit), ("favourites", drops_a_favourite)),
    *(("tours", walks_a_tour), ("first page", turns_the_own_page)),
    *(("box", asks_in_the_box), ("several", taps_a_work)),
    *(("several", says_which_one), ("black photo", chooses_a_word)),
)


def test_every_journey_is_walked_by_keyboard_alone(journeys, open_page):
    pages, cookies = journeys
    page = open_page(storage_state=cookies)
    for name, walk in BY_KEYBOARD:
        page.goto(pages[name])
        page.wait_for_load_state()
        walk(page)
    page.goto("/kiosk/")
    begins_again(page)


def test_every_journey_is_walked_without_a_script(journeys, open_page):
    pages, cookies = journeys
    page = open_page(width=390, storage_state=cookies, java_script_enabled=False)

    def opened(name):
        page.goto(pages[name])
        return page.get_by_role("main")

    content = opened("content")
    content.get_by_role("link", name="German").click()
    content.get_by_text("Der Tisch stand im Turm.").wait_for()
    content.locator("audio[controls]").wait_for()
    content.get_by_text("Transcript").click()
    content.get_by_text("Sie hören einen Ton.").wait_for()
    opened("number").get_by_label("Number on the label").fill("1900.3")
    page.get_by_role("search", name="By number").get_by_role("button").click()
    page.wait_for_url("**/works/1900.3")
    for name in ("label", "code"):
        opened(name).get_by_role("link", name=TABLE).first.click()
        page.wait_for_url("**/works/1900.0")
    opened("tours").get_by_role("link", name="Tiere").click()
    page.get_by_text(f"Look at {TABLE}.").wait_for()
    page.get_by_text("Look at Landscape 3.").wait_for()
    for name in ("visit", "favourites"):
        opened(name).get_by_text("Landscape 3").first.wait_for()
    opened("own page").get_by_text("10–18").wait_for()
    opened("black photo").get_by_text("Your photo is nearly black").wait_for()
    mirrored = opened("mirrored photo")
    mirrored.get_by_text("Your photo is mirrored").wait_for()
    opened("several").get_by_role("button", name="No, not all of them").click()
    page.get_by_role("button", name="It is this one:").first.click()
    page.get_by_text("Thank you. You said that it is").wait_for()
    opened("box").get_by_role("searchbox").fill("table")
    with page.expect_popup() as other:
        page.keyboard.press("Enter")
    other.value.wait_for_url("**/find?q=table")
    page.goto("/kiosk/")
    page.get_by_role("button", name="Start again").click()
    page.get_by_label("Your photo of the work").wait_for()


class TestBehindTheDoors:
    """Pages that are there only before the first account, or with single sign-on."""

    @pytest.fixture
    def app(self, make_app):
        return make_app(
            MORELLI_PROXIES="1",
            MORELLI_SSO_HEADER="X-Remote-Email",
            MORELLI_SSO_PROXIES="10.1.0.0/16",
        )

    def test_they_are_for_everybody(self, app, open_page):
        page = open_page("/start/")
        found = faults_in_all_views(page)  # no code is valid
        with app.app_context():
            assert first_admin.new_code(db.session())
            db.session.commit()
        page.goto("/start/")
        page.get_by_role("button", name="Make the account").click()
        found += faults_in_all_views(page)
        anna = with_account(app, "anna@example.org")
        page.goto("/account/login")
        page.get_by_role("link", name="single sign-on").wait_for()
        found += faults_in_all_views(page)
        log_in(page, anna)
        page.goto("/account/single-sign-on/connect")
        page.get_by_label("Password").wait_for()
        found += faults_in_all_views(page)
        assert found == []
