"""Rich texts in manifests: well-formed HTML, of the elements that viewers know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.services.collection.content.html_blocks import blocks_of
from app.services.collection.content.markup import html_of
from app.services.collection.content.minimal_html import minimal_html

PAGE = "https://museum.example/works/1"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("As it is: 2 * 3 < 7 & so on.", "As it is: 2 * 3 < 7 & so on."),
        ("*a*\nb", "<div><p><i>a</i><br/>\nb</p></div>"),
        (
            "**a**\n\n[b](/works/2) [c](https://a.org/?x&y)",
            "<div><p><b>a</b></p>\n"
            '<p><a href="https://museum.example/works/2">b</a> '
            '<a href="https://a.org/?x&amp;y">c</a></p></div>',
        ),
        (
            "- a\n- b\n  - c",
            "<div><ul>\n<li>a<br/></li>\n<li>b<br/>\n<ul>\n<li>c<br/></li>\n</ul>\n"
            "</li>\n</ul></div>",
        ),
        (
            "- a\n\n- b",
            "<div><ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul></div>",
        ),
        ("\\*a\\*", "<div><p>*a*</p></div>"),
        ("a\u00a0b", "<div><p>a\u00a0b</p></div>"),
    ],
)
def test_a_text_is_said_with_what_iiif_has(text, html):
    assert minimal_html(text, PAGE) == html


@given(st.text(alphabet="ab 1.-*_[]()\\\n<>/p&\u00a0ا", max_size=40))
def test_it_is_well_formed_and_shows_the_same(text):
    html = minimal_html(text, PAGE)
    if html == text:
        assert html_of(text, is_rich=True) == html_of(text, is_rich=False)
        return
    etree.fromstring(html)
    linked = "](" in text or "<a" in text  # which are absolute in manifests
    assert linked or blocks_of(html) == blocks_of(html_of(text, is_rich=True))


def test_signs_that_xml_forbids_are_replaced():
    html = minimal_html("*a\x01b*\x0c\ufffe", PAGE)
    assert html == "<div><p><i>a\ufffdb</i>\ufffd\ufffd</p></div>"
    etree.fromstring(html)
