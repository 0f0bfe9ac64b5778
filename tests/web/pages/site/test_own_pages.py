"""The museum's own pages, in the visitor's language and without danger."""

from tests.support.sites import add_page, set_site


def test_a_page_is_in_the_visitors_language(app, client):
    add_page(app, "visit", de=("Besuch", "Täglich"), en=("Visit", "**Daily**"))
    english = client.get("/pages/visit").text
    assert "<h1>Visit</h1>" in english
    assert "<strong>Daily</strong>" in english
    german = client.get("/pages/visit", headers={"Accept-Language": "de"}).text
    assert "Täglich" in german


def test_another_language_is_said_to_be_one(app, client):
    add_page(app, "visit", de=("Besuch", "Täglich"))
    assert '<article class="about" lang="de">' in client.get("/pages/visit").text


def test_a_title_without_a_text_is_no_translation(app, client):
    add_page(app, "imprint", en=("Imprint", ""), de=("Impressum", "Haus"))
    page = client.get("/pages/imprint").text
    assert "Haus" in page
    assert "<h1>Impressum</h1>" in page


def test_nothing_in_a_text_acts(app, client):
    text = "<script>alert(1)</script> [x](javascript:alert(1))"
    add_page(app, "visit", en=('<i>"Visit"</i>', text))
    page = client.get("/pages/visit").text
    assert "<script>alert" not in page
    assert "<i>" not in page
    assert 'href="javascript' not in page


def test_what_is_no_page_is_not_there(client):
    assert client.get("/pages/nothing").status_code == 404


def test_in_a_kiosk_no_link_leads_out(app, client):
    set_site(app, kiosk_seconds=60)
    add_page(app, "visit", en=("Visit", "[us](https://museum.org) [works](/works/)"))
    assert 'href="https://museum.org"' in client.get("/pages/visit").text
    client.get("/kiosk/")
    page = client.get("/pages/visit").text
    assert "museum.org" not in page
    assert '<a href="/works/"' in page
