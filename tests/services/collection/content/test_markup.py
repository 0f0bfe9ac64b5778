"""Rich texts: a small subset gets through, nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.collection.content.markup import (
    beginning_of,
    html_of,
    is_own,
    plain_of,
)

SAFE = ("p", "br", "em", "strong", "ul", "ol", "li", "a")


def rich(text):
    return html_of(text, is_rich=True)


def test_paragraphs_emphasis_lists_and_links():
    assert rich("One\ntwo\n\n*Three* **four**") == (
        "<p>One<br>\ntwo</p>\n<p><em>Three</em> <strong>four</strong></p>"
    )
    assert "<ul>\n<li>a</li>\n<li>b</li>\n</ul>" in rich("- a\n- b")
    assert rich("[x](https://example.org/a)") == (
        '<p><a href="https://example.org/a" rel="noopener noreferrer">x</a></p>'
    )


def test_numbers_at_the_beginning_of_a_line_stay():
    assert '<ol start="1899">' in rich("1899. A great year")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>x</p><script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=data:text/html,x>x</a>",
        "![x](https://example.org/x.png)",
        "<p><img src=x onerror=alert(1)></p>",
        "<p style='position:fixed'>x</p><iframe src=//example.org></iframe>",
    ],
)
@pytest.mark.parametrize("is_rich", [True, False])
def test_nothing_that_acts_gets_through(text, is_rich):
    html = html_of(text, is_rich=is_rich)
    for bad in ("<script", "<img", "<iframe", "<p ", 'href="javascript', 'href="data'):
        assert bad not in html


@given(st.text(alphabet=st.sampled_from("<>/&\"'ab p=ij[]()*-1.\n:"), max_size=60))
def test_whatever_is_written_only_the_subset_comes_out(text):
    for is_rich in (True, False):
        for part in html_of(text, is_rich=is_rich).split("<")[1:]:
            assert part.lstrip("/").split(">")[0].split(" ")[0].rstrip("/") in SAFE


def test_html_of_catalogues_is_understood():
    assert rich("<div>A <b>b</b> <i>c</i></div>") == (
        "<p>A <strong>b</strong> <em>c</em></p>"
    )


def test_plain_texts_are_shown_as_they_are():
    assert html_of("5 * 4 * 3 cm\n<oil>\n\n*", is_rich=False) == (
        "<p>5 * 4 * 3 cm<br>&lt;oil&gt;</p><p>*</p>"
    )


def test_a_text_is_read_aloud_without_markup():
    assert plain_of("*A* & b\n\n- c\n- d", is_rich=True) == "A & b\nc\nd"


def test_a_beginning_ends_with_a_sentence_or_a_word():
    text = "First sentence here. Second one is much longer than that. " + "word " * 99
    assert beginning_of("Short.", 50, is_rich=True) == ("Short.", False)
    assert beginning_of(text, 62, is_rich=True) == (
        "First sentence here. Second one is much longer than that.",
        True,
    )
    words, goes_on = beginning_of("word " * 99, 23, is_rich=True)
    assert (words, goes_on) == ("word word word word …", True)
    assert beginning_of("x" * 99, 10, is_rich=True) == ("x" * 10 + " …", True)


def test_a_very_long_text_is_made_in_time():
    assert len(rich("*a* [b](https://c.d) " * 5000)) > 100_000


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "\\\\evil", "https://a.org", "x:y"]
)
def test_another_host_is_no_own_page(address):
    assert not is_own(address)
