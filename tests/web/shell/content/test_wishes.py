"""Languages that a visitor reads, the best first."""

import pytest

from app.web.shell.content.wishes import is_foreign, language_name, said_in, wishes


@pytest.mark.parametrize(
    ("address", "browser", "expected"),
    [
        ("/", "pt-BR,pt;q=0.9,en;q=0.5", ["pt-BR", "pt", "en"]),
        ("/", "ar", ["ar", "en"]),
        ("/?in=he", "de", ["he", "de"]),
        ("/?in=nonsense", "de-AT, xx, *", ["de-AT", "de"]),
        ("/", "", ["en"]),
    ],
)
def test_a_visitor_wishes(app, address, browser, expected):
    with app.test_request_context(address, headers={"Accept-Language": browser}):
        assert wishes() == expected


def test_languages_are_told_in_that_of_the_page(app):
    with app.test_request_context("/", headers={"Accept-Language": "de"}):
        assert language_name("ar") == "Arabisch"
        assert language_name("grc") == "Altgriechisch"
        assert is_foreign("ar")
        assert not is_foreign("de-CH")
        assert not is_foreign("")


def test_a_text_is_marked_by_its_language_and_direction():
    assert said_in("ar") == ' lang="ar" dir="rtl"'
    assert said_in("") == ' dir="auto"'
