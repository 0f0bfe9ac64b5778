"""Which language a visitor gets."""

import pytest

from app.models import Artwork
from app.services.collection.content.fields import best, fields_of, nearest, texts_of

TEXTS = {"de": "Hafen", "en": "Harbour", "ar": "ميناء"}


@pytest.mark.parametrize(
    ("wishes", "museum", "language"),
    [
        (["en"], "", "en"),
        (["fr", "ar"], "", "ar"),
        (["fr"], "en", "en"),
        (["fr"], "", "de"),
        (["de-CH", "en"], "", "de"),
        ([], "ar", "ar"),
    ],
)
def test_a_visitor_gets_the_first_language_that_there_is(wishes, museum, language):
    assert best(TEXTS, wishes, museum) == (language, TEXTS[language])


def test_portuguese_serves_a_brazilian_and_the_other_way_round():
    assert nearest(["en", "pt"], "pt-BR") == "pt"
    assert nearest(["en", "pt-PT"], "pt-BR") == "pt-PT"
    assert nearest(["pt", "pt-BR"], "pt-BR") == "pt-BR"
    assert nearest(["en"], "pt-BR") is None


def test_no_text_is_none():
    assert best({}, ["en"], "de") is None


def test_a_label_is_joined_by_its_other_languages():
    work = Artwork(title="Harbour", details={"title@de": "Hafen", "Maler": "x"})
    assert texts_of(work, "title") == {"de": "Hafen", "": "Harbour"}
    assert texts_of(work, "title", "en") == {"de": "Hafen", "en": "Harbour"}
    assert texts_of(work, "Maler") == {"": "x"}
    assert fields_of(work) == ["title", "Maler"]


def test_a_label_that_repeats_one_of_its_languages_is_said_once():
    work = Artwork(title="Hafen", details={"title@de": "Hafen"})
    assert texts_of(work, "title") == {"de": "Hafen"}


def test_what_names_no_language_yields_to_what_does():
    work = Artwork(details={"story": "Alt", "story@de": "Neu"})
    assert texts_of(work, "story", "de") == {"de": "Neu"}
    assert texts_of(work, "story") == {"de": "Neu", "": "Alt"}


def test_blank_texts_are_none():
    assert texts_of(Artwork(details={"story@de": "  "}), "story") == {}
