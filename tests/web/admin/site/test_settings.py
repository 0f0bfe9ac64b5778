"""Administrators set the museum's site; what is refused says why."""

import re
from io import BytesIO

import pytest

from app.extensions import db
from app.services.site.profile import read_profile
from tests.support.logos import png_logo
from tests.support.people import TOKEN, logged_in
from tests.support.sites import set_site

PAGE = "/admin/site/"
SEEN = re.compile(r'name="seen" value="(\d+)"')


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin")


def profile(app):
    with app.app_context():
        return read_profile(db.session())


def save(admin, section, **fields):
    [seen] = set(SEEN.findall(admin.browser.get(PAGE).text))
    return admin.post(f"{PAGE}{section}", page=PAGE, **{"seen": seen, **fields})


def send_logo(admin, data):
    page = admin.browser.get(PAGE).text
    fields = {
        "csrf_token": TOKEN.findall(page)[0],
        "seen": SEEN.findall(page)[0],
        "logo": (BytesIO(data), "logo.png"),
    }
    return admin.browser.post(f"{PAGE}logo", data=fields)


def test_a_curator_sets_nothing(app):
    curator = logged_in(app, "bob@example.org", "curator")
    assert curator.browser.get(PAGE).status_code == 403
    assert curator.post(f"{PAGE}name", page="/", name="Mine").status_code == 403
    assert profile(app).name == "Morelli"


def test_the_name_is_on_the_next_page(app, admin):
    answer = save(admin, "name", name="  Haus   der Kunst ", shows_name="y")
    assert answer.location.endswith("#part-name")
    assert "<span>Haus der Kunst</span>" in admin.browser.get("/").text


def test_a_name_is_needed(app, admin):
    answer = save(admin, "name", name=" ")
    assert answer.status_code == 422
    assert "The site needs a name." in answer.text
    assert profile(app).name == "Morelli"


def test_a_form_that_is_refused_empties_no_other(app, admin):
    answer = save(admin, "name", name="")
    ticked = re.findall(r'<input[^>]* name="(\w+)"[^>]*>', answer.text)
    assert ticked
    assert re.search(r'checked[^>]* name="is_listed"', answer.text)
    assert answer.text.count('name="languages" value') == answer.text.count(
        '" checked> '
    )


def test_a_colour_nobody_could_read_is_refused_and_the_nearest_offered(app, admin):
    answer = save(admin, "colours", accent_light="#ffcc00", accent_dark="")
    assert answer.status_code == 422
    assert "1.35 : 1" in answer.text
    [offered] = re.findall(r"Take (#[0-9a-f]{6}) instead", answer.text)
    assert profile(app).accent_light == ""
    save(admin, "colours", accent_light=offered, accent_dark="")
    assert profile(app).accent_light == offered


@pytest.mark.parametrize("text", ["red", "#12", "#7b2d2"])
def test_what_is_no_colour_is_refused(app, admin, text):
    answer = save(admin, "colours", accent_light="", accent_dark=text)
    assert "This is no colour." in answer.text
    assert answer.status_code == 422


def test_no_colour_goes_back_to_the_programs(app, admin):
    save(admin, "colours", accent_light="14532D", accent_dark="#abc")
    assert profile(app).accent_light == "#14532d"
    assert profile(app).accent_dark == "#aabbcc"
    save(admin, "colours", accent_light="", accent_dark="")
    assert profile(app).accent_light == ""


def test_a_logo_is_taken_and_removed(app, admin):
    assert send_logo(admin, png_logo()).status_code == 303
    taken = profile(app)
    assert taken.logo_size == (300, 100)
    assert f"/brand/{taken.logo}/logo.png" in admin.browser.get("/").text
    save(admin, "logo/remove")
    assert profile(app).logo == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG are not accepted"),
        (png_logo()[:300], "no picture that can be a logo"),
        (png_logo(size=(6_000, 6_000), mode="1"), "too large"),
        (png_logo(size=(90, 20)), "too small"),
    ],
    ids=["drawing", "half", "large", "small"],
)
def test_what_is_no_logo_is_refused_with_the_reason(app, admin, data, words):
    answer = send_logo(admin, data)
    assert answer.status_code == 422
    assert words in answer.text
    assert profile(app).logo == ""


def test_the_greeting_has_a_language(app, admin):
    save(admin, "greeting", greeting_de=" Guten\r\nTag ", greeting_en="")
    assert profile(app).greeting == {"de": "Guten\nTag"}


def test_languages_are_chosen(app, admin):
    save(admin, "languages", languages=["de", "it"], language="it")
    assert (profile(app).languages, profile(app).language) == (("de", "it"), "it")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"languages": ["de"], "language": "en"}, "not among those offered"),
        ({"languages": [], "language": "en"}, "At least one language"),
        ({"languages": ["xx"], "language": "en"}, "Something is missing or wrong"),
    ],
)
def test_a_site_without_a_language_is_refused(app, admin, fields, words):
    answer = save(admin, "languages", **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert profile(app).languages == ()


@pytest.mark.parametrize(
    ("seconds", "status"),
    [("0", 303), ("20", 303), ("19", 422), ("x", 422), ("-1", 422)],
)
def test_a_kiosk_waits_for_as_long_as_somebody_reads(app, admin, seconds, status):
    assert save(admin, "kiosk", kiosk_seconds=seconds).status_code == status


def test_sites_that_may_frame_the_box_are_origins(app, admin):
    text = "https://www.museum.org/visit\nhttps://www.museum.org\nhttp://localhost:1"
    save(admin, "embedding", embedding=text)
    assert profile(app).embedding == ("https://www.museum.org", "http://localhost:1")
    assert "&lt;iframe" in admin.browser.get(PAGE).text
    answer = save(admin, "embedding", embedding="https://*")
    assert answer.status_code == 422
    assert "“https://*” is no address of a site" in answer.text
    answer = save(
        admin, "embedding", embedding="\n".join(f"https://{n}.org" for n in range(21))
    )
    assert "At most 20 sites" in answer.text


def test_search_engines_are_kept_out(app, admin):
    save(admin, "listing")
    assert not profile(app).is_listed


def test_who_looks_at_an_older_site_is_told(app, admin):
    page = admin.browser.get(PAGE).text
    set_site(app, name="House")
    fields = {"csrf_token": TOKEN.findall(page)[0], "name": "Mine", "seen": "0"}
    answer = admin.browser.post(f"{PAGE}name", data=fields, follow_redirects=True)
    assert "Somebody else has changed the site" in answer.text
    assert profile(app).name == "House"


def test_there_is_no_other_part(admin):
    assert admin.post(f"{PAGE}moon", page=PAGE).status_code == 404


def test_a_change_is_taken_back_on_the_page_of_changes(app, admin):
    save(admin, "name", name="House")
    page = admin.browser.get("/admin/changes/").text
    assert "Site changed" in page
    [undo] = re.findall(r'action="(/admin/changes/\d+/undo)"', page)
    admin.post(undo, page="/admin/changes/")
    assert profile(app).name == "Morelli"
    again = admin.post(undo, page="/admin/changes/")
    page = admin.browser.get(again.location).text
    assert "This cannot be taken back" in page


def test_other_changes_of_administrators_are_not_taken_back(app, admin):
    logged_in(app, "bob@example.org")
    admin.post("/admin/users/2/lock", page="/admin/users/2")
    assert "undo" not in admin.browser.get("/admin/changes/").text
    assert admin.post("/admin/changes/1/undo", page=PAGE).status_code == 404
