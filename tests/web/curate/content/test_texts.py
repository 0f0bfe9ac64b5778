"""Curators write texts in languages; visitors read them in theirs."""

import re

import pytest

from app.extensions import db
from app.models import Artwork
from tests.support.people import logged_in

PAGE, WORK = "/curate/works/1/content", "/works/1900.0"
ENGLISH = {"Accept-Language": "en"}


def write(curator, text, field="story", language="de", **more):
    fields = {"new-field": field, "new-language": language, "new-text": text, **more}
    return curator.post(PAGE, **fields)


def told(curator, answer):
    assert answer.status_code == 303
    return curator.browser.get(answer.location).text


def details(app):
    with app.app_context():
        return db.session.get_one(Artwork, 1).details


def test_a_story_is_shown_in_the_visitors_language(curator, visitor):
    write(curator, "Die *lange* Geschichte.")
    write(curator, "قصة طويلة", language="ar")
    german = visitor.get(WORK, headers={"Accept-Language": "de-CH,de"}).text
    assert 'lang="de" dir="ltr"' in german
    assert "Die <em>lange</em> Geschichte." in german
    arabic = visitor.get(WORK, headers={"Accept-Language": "ar"}).text
    assert 'lang="ar" dir="rtl"' in arabic
    assert "قصة طويلة" in arabic
    english = visitor.get(WORK, headers=ENGLISH).text
    assert "In German" in english
    assert "in=ar#texts" in english
    asked = visitor.get(f"{WORK}?in=ar", headers=ENGLISH).text
    assert "قصة طويلة" in asked


def test_markup_of_a_story_does_nothing(curator, visitor):
    write(curator, "<script>alert(1)</script>[x](javascript:alert(1))")
    page = visitor.get(WORK).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_a_language_that_is_not_known_is_refused_and_nothing_is_lost(app, curator):
    answer = write(curator, "Lang und gut", language="germanisch")
    assert answer.status_code == 422
    assert "is no language that is known" in answer.text
    assert "Lang und gut" in answer.text
    assert details(app) == {}


@pytest.mark.parametrize("typed", ["German", "deutsch", " Deutsch ", "allemand"])
def test_a_language_is_understood_by_its_name(app, curator, typed):
    assert write(curator, "x", language=typed).status_code == 303
    assert details(app) == {"story@de": "x"}


def test_the_work_leads_a_curator_to_its_texts_and_nobody_else(curator, visitor):
    way = f'href="{PAGE}"'
    assert way in curator.browser.get("/curate/works/1").text
    assert way in curator.browser.get(WORK).text
    assert "/curate/" not in visitor.get(WORK).text


def test_a_language_is_written_as_the_standard_does(app, curator):
    write(curator, "x", language="PT_br")
    assert details(app) == {"story@pt-BR": "x"}


def test_a_title_in_another_language_heads_the_page_and_is_found(curator, visitor):
    assert write(curator, "x", field="title", language="").status_code == 422
    write(curator, "Der Tisch des Astronomen", field="title")
    page = visitor.get(WORK, headers={"Accept-Language": "de"}).text
    assert "<h1>Der Tisch des Astronomen</h1>" in page
    assert "Der Tisch des Astronomen" not in visitor.get(WORK, headers=ENGLISH).text
    assert "1900.0" in visitor.get("/works/?q=astronomen").text
    found = visitor.get("/api/v1/suggestions?q=astronomn").json["suggestions"]
    assert found[0]["work"]["accession"] == "1900.0"


def test_an_own_field_is_hidden_until_a_curator_shows_it(app, curator, visitor):
    write(curator, "9 Mio.", field="other", **{"new-name": "Versicherungswert"})
    assert details(app) == {"Versicherungswert@de": "9 Mio."}
    assert "hidden from visitors" in curator.browser.get(PAGE).text
    assert "9 Mio." not in visitor.get(WORK).text


def test_a_text_is_changed_emptied_and_brought_back(app, curator):
    write(curator, "Eins")
    told(curator, curator.post(PAGE, **{"text:story@de": "Zwei"}))
    assert details(app) == {"story@de": "Zwei"}
    told(curator, curator.post(PAGE, **{"text:story@de": "  "}))
    assert details(app) == {}
    trail = curator.browser.get("/curate/changes/").text
    newest = re.findall(r"/curate/changes/\d+/undo", trail)[0]
    curator.post(newest, page="/curate/changes/")
    assert details(app) == {"story@de": "Zwei"}


def test_texts_may_be_long_but_not_without_end(app, curator):
    long = "Wörter " * 14_000
    for language in ("de", "fr", "es", "it", "nl", "pt"):
        assert write(curator, long, language=language).status_code == 303
    texts = {f"text:story@{tag}": f"{long}!" for tag in ("de", "fr", "es", "it", "nl")}
    assert curator.post(PAGE, **texts).status_code == 303
    assert details(app)["story@nl"].endswith("!")
    endless = write(curator, "x" * 100_001, language="pl")
    assert endless.status_code == 422
    assert "100000 characters at most" in endless.text


def test_what_nobody_touched_stays_as_the_table_has_it(app, curator):
    with app.app_context():
        db.session.get_one(Artwork, 1).details = {
            "Notiz": " a\r\nb ",
            "story@de": "Eins",
        }
        db.session.commit()
    curator.post(PAGE, **{"text:Notiz": "a\r\nb", "text:story@de": "Zwei"})
    assert details(app) == {"Notiz": " a\r\nb ", "story@de": "Zwei"}


def test_a_field_and_language_that_is_there_is_not_overwritten(app, curator):
    write(curator, "Eins")
    answer = write(curator, "Zwei")
    assert answer.status_code == 422
    assert "Zwei" in answer.text
    assert details(app) == {"story@de": "Eins"}


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(app, curator):
    write(curator, "Eins")
    [old] = re.findall(r'name="seen" value="([^"]+)"', curator.browser.get(PAGE).text)
    curator.post(PAGE, **{"text:story@de": "Zwei"})
    answer = curator.post(PAGE, seen=old, **{"text:story@de": "Drei"})
    assert answer.status_code == 422
    assert "Drei" in answer.text
    assert details(app) == {"story@de": "Zwei"}


@pytest.mark.parametrize("role", [None, "admin"])
def test_who_may_write(app, role):
    if role is None:
        assert app.test_client().post(PAGE).status_code == 401
        person = logged_in(app, "anna@example.org")
        assert person.browser.get(PAGE).status_code == 403
    else:
        assert (
            logged_in(app, "ada@example.org", role).browser.get(PAGE).status_code == 200
        )


def test_only_this_page_may_ask_for_the_microphone(curator):
    policy = curator.browser.get(PAGE).headers["Permissions-Policy"]
    assert "microphone=(self)" in policy
    other = curator.browser.get("/curate/works/").headers["Permissions-Policy"]
    assert "microphone=()" in other
