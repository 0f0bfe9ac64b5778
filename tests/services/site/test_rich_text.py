"""Rich text: a small part of Markdown becomes a small part of HTML."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.site.rich_text import TAGS, render

ELEMENT = re.compile(r"<\s*/?\s*([a-zA-Z0-9]+)([^>]*)>")


def test_what_is_known_is_rendered():
    text = "# House\n\nOpen **daily** and *late*.\nNew line\n\n- one\n- two\n\n> said"
    html = render(text)
    for part in (
        "<h2>House</h2>",
        "<strong>daily</strong>",
        "<em>late</em>",
        "<br>",
        "<li>one</li>",
        "<blockquote>",
    ):
        assert part in html


def test_headings_are_below_that_of_the_page():
    assert render("## a\n\n###### b").count("<h3>") == 2


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<p style='position:fixed'>x</p>",
        "<iframe src='https://evil.example'></iframe>",
    ],
)
def test_nothing_comes_through_that_could_act(text):
    html = render(text)
    assert {name for name, _rest in ELEMENT.findall(html)} <= {"p", "a"}
    assert not re.search(r'<[^>]*(on\w+=|style=|href="(?!https?:))', html)


@given(st.text(alphabet="<>/\"'=()[]!#*_`\\& \nabhrefsonclickjavascript:", max_size=80))
def test_whatever_is_written_only_harmless_elements_come_out(text):
    for name, rest in ELEMENT.findall(render(text)):
        assert name in TAGS
        assert re.fullmatch(r'( (href|rel)="[^"]*")*\s*/?', rest)


def test_links_lead_out_unless_they_must_not():
    text = (
        "[a](https://example.org/) [b](/works/) [c](//evil.example) [d](mailto:a@b.org)"
    )
    assert render(text).count("href=") == 4
    inside = render(text, leads_out=False)
    assert re.findall(r'href="([^"]*)"', inside) == ["/works/"]
    assert all(f">{word}</a>" in inside for word in "abcd")
