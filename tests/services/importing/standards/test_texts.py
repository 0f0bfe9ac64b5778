from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.collection.content.markup import plain_of
from app.services.importing.standards.texts import (
    chosen,
    joined,
    plain_text,
    rich_text,
    united,
)
from app.services.importing.standards.vocabulary import WorkDescription


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<BR />Three", "One\nTwo\nThree"),
        ("<a href='x'>Lind &amp; Sons</a>", "Lind & Sons"),
        ("Lind &amp; Sons", "Lind & Sons"),
        ("AT&T &copy", "AT&T &copy"),
        ("<script>alert(1)</script>Hare", "Hare"),
        ("<img src='x' alt='Seal'> of the museum", "Seal of the museum"),
        ("<illegible> c. <1900", "<illegible> c. <1900"),
        ("<i>a < b</i>", "a < b"),
        ("<b>open", "open"),
        ("two\n  lines ", "two\nlines"),
        ("<p>one\nline</p>", "one line"),
        ("H<sub>2</sub>O", "H2O"),
        ("zero\0", "zero"),
    ],
)
def test_markup_goes_and_text_stays(markup, text):
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    ("said", "markdown"),
    [
        ("<p>One</p><p><b>Two</b></p>", "One\n\n**Two**"),
        ("Painted *en plein air*,\n- here", "Painted *en plein air*,\n- here"),
        ("Lind &amp; Sons", "Lind & Sons"),
        ("<illegible> c. <1900", "<illegible> c. <1900"),
        ("<i>a < b</i> <illegible>", "*a < b* <illegible>"),
        ("H<sub>2</sub>O *", "H2O *"),
        ("a \\<b>tag\\</b>", "a \\<b>tag\\</b>"),
        ("- a\n  - b", "- a\n  - b"),
        ("<script>alert(1)</script>", ""),
        ("zero\0 ", "zero"),
    ],
)
def test_html_becomes_markdown_and_markdown_stays(said, markdown):
    assert rich_text(said) == markdown


def test_several_rich_texts_are_paragraphs():
    found = WorkDescription()
    found.add_languages("description", {"en": ["<ul><li>One</ul>", "Two"]})
    found.add_languages("dimensions", {"en": ["1 cm", "2 cm"]})
    details = found.record(1, "1").details
    assert details["description@en"] == "- One\n\nTwo"
    assert details["dimensions@en"] == "1 cm; 2 cm"


@given(st.text())
def test_no_known_tag_is_left(text):
    assert "<b>" not in plain_text(f"<b>{text}</b>")


def test_the_language_of_the_site_comes_first():
    texts = {"de-AT": ["Hase"], "en": ["Hare"], "none": ["4"], "fr": [""]}
    assert chosen(texts, "de") == ["Hase"]
    assert chosen(texts, "fr") == ["Hare"]
    assert chosen({"none": ["4"], "it": ["lepre"]}, "de") == ["4"]
    assert chosen({"it": ["lepre"]}, "de") == ["lepre"]
    assert chosen({}, "de") == []


def test_texts_are_joined_each_once():
    assert joined(["oil", "", "wood", "oil"]) == "oil; wood"
    assert united(["CC0", "Museum, CC0", "Photo: Lind"]) == "Museum, CC0; Photo: Lind"


def test_html_of_endless_depth_is_its_words():
    begun = process_time()
    text = rich_text("<p>2*3*4</p><p>&lt;b&gt;</p>" + "<ul><li>" * 30_000 + "end")
    assert process_time() - begun < 2
    assert plain_of(text, is_rich=True) == "2*3*4\n<b>\nend"
