"""HTML becomes Markdown that shows the same, with as few signs as that takes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.collection.content.html_blocks import ItemList, blocks_of
from app.services.collection.content.markdown import markdown_of
from app.services.collection.content.markup import html_of

WRITTEN = [
    "One paragraph.",
    "One\ntwo\n\n*Three* **four** ***five***",
    "*a **b** c* and **a *b* c**",
    "- a\n- b\n  - c\n  - d\n- e\n\nText.",
    "- a\n\n  b\n\n- c",
    "1. a\n2. b\n\n1) c",
    "7. a\n   continued\n8. b",
    "9. a\n10. b\n    - c",
    "- a\n- b\n\n+ c",
    "[A *page*](https://example.org/a?b=1&c=2), [mail](mailto:a@example.org)",
    "[x](<https://example.org/a_(b)>)",
    "2 * 3 * 4, [sic], a_b_c, 5* and <illegible>, R&D &amp; <1900",
    "1899\\. A great year\n\\- and a dash",
    "\\*not emphasised\\*",
    "a \\<b>bold\\</b> tag",
    "هذه *الطاولة* **مستديرة**.\n\n- خشب\n- زيت\n\n[المزيد](https://example.org/ar)",
    "זה *שולחן*.\nשורה",
    "これは*机*です。",
]
"""As it is written with the fewest signs."""


def shown(markdown):
    return blocks_of(html_of(markdown, is_rich=True), has_own_links=True)


@pytest.mark.parametrize("text", WRITTEN)
def test_what_is_shown_of_markdown_comes_back_as_it_was(text):
    assert markdown_of(html_of(text, is_rich=True)) == text


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<BR />Three<br><br>Four", "One\nTwo\nThree\n\nFour"),
        ("<p>one\n  line </p>\n", "one line"),
        ("<div><div>a</div>b</div>", "a\n\nb"),
        ("<b>a</b> <STRONG>b</STRONG><i> c </i>d", "**a** **b** *c* d"),
        ("<i>a<em>b</em></i>", "*ab*"),
        ("<i><p>a</p><p>b</p></i>", "*a*\n\n*b*"),
        ("<h2>Head</h2>text<h3><b>Head</b></h3>", "**Head**\n\ntext\n\n**Head**"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c"),
        ("<ul><li><p>a</p></li></ul>", "- a"),
        ("<ol start=1899><li>a year</ol>", "1899. a year"),
        ("<ol start=-1><li>a</ol>", "1. a"),
        ("<ul>a<li></li><li>b</ul>", "- a\n- b"),
        ("<li>a<li>b", "a\n\nb"),
        ("1899. A year", "1899\\. A year"),
        ("<p>- a<br>+ b", "\\- a\n\\+ b"),
        ("<p>*a* _b_</p>", "\\*a\\* \\_b\\_"),
        ("<p>[a](b)</p>", "[a\\](b)"),
        ("<p>a\\*b</p>", "a\\\\\\*b"),
        ("&lt;p&gt; is a tag", "\\<p> is a tag"),
        ("a &lt;b\n\n&gt;", "a \\<b >"),
        ("<table><tr><td>a<td>b</tr><tr><td>c</table>d", "a b\nc\n\nd"),
        ("<script>x</script><style>y</style><title>z</title>t<!-- u -->", "t"),
        ("<p onclick=x><font>a</font> <sub>2</sub><blink>b</blink>", "a 2b"),
        ("<img src=x alt=Seal> of the museum", "Seal of the museum"),
        ("<a href='javascript:alert(1)'>x</a><a href='data:a'>y</a>", "xy"),
        ("<a href='/a'>x</a> <a href='//a.org'>y</a>", "x y"),
        ("<a href=' https://a.org/b c '>x</a>", "[x](https://a.org/b%20c)"),
        ("<a href='https://a.org'>[x] y</a>", "[[x] y](https://a.org)"),
        ("<a href='https://a.org'>x] y</a>", "[x\\] y](https://a.org)"),
        ("<a href='https://a.org/'><b>x</b></a>", "[**x**](https://a.org/)"),
        ("zero\0", "zero"),
        ("", ""),
        ("<p> <br> </p>", ""),
    ],
)
def test_other_html_is_written_as_far_as_rich_texts_know_it(html, markdown):
    assert markdown_of(html) == markdown


def test_links_to_own_pages_stay_where_html_is_our_own():
    html = "<a href='/works/1'>x</a> <a href='//a.org'>y</a>"
    assert markdown_of(html, has_own_links=True) == "[x](/works/1) y"


def test_emphasis_that_cannot_be_written_costs_no_other():
    assert (
        markdown_of("<b>x</b> 日本<em>「あ」</em>語 <i>y</i>")
        == "**x** 日本「あ」語 *y*"
    )


HTML = st.recursive(
    st.text(alphabet="ab 1.-+*_[]()\\&;!\n\u00a0「ا", max_size=8).map(
        lambda text: text.replace("&", "&amp;")
    )
    | st.sampled_from(("<br>", "&lt;b>", "&lt;/p>", "1. ")),
    lambda inner: (
        st.lists(inner, max_size=4).map("".join)
        | st.tuples(
            st.sampled_from(
                [
                    *("<p>", "<em>", "<b>", "<ul>", "<ol>", "<ol start=3>", "<li>"),
                    *("<div>", "<h2>", "<a href='https://a.org/(x'>", "<a href=/x>"),
                ]
            ),
            inner,
        ).map(lambda one: f"{one[0]}{one[1]}</{re.split('[ >]', one[0][1:])[0]}>")
    ),
    max_leaves=12,
)


def words_of(blocks):
    found = ""
    for block in blocks:
        if isinstance(block, ItemList):
            found += "".join(map(words_of, block.items))
        else:
            found += "".join(run.text for run in block.runs)
    return "".join(found.split())


@given(HTML)
def test_no_word_is_lost_and_none_becomes_markup(html):
    assert words_of(shown(markdown_of(html))) == words_of(blocks_of(html))


@given(HTML)
def test_what_was_written_once_is_written_so_again(html):
    once = markdown_of(html)
    assert markdown_of(html_of(once, is_rich=True)) == once


@given(st.text(alphabet="ab 1.-+*_[]()\\\n<>/p", max_size=40))
def test_whatever_was_written_in_markdown_is_shown_alike(text):
    html = html_of(text, is_rich=True)
    assert shown(markdown_of(html, has_own_links=True)) == blocks_of(
        html, has_own_links=True
    )


def test_a_very_long_paragraph_is_written_in_time():
    html = "<i>a</i> * b <a href='https://a.org'>c</a> " * 5000
    assert markdown_of(html).count("*a*") == 5000


def test_lists_that_are_nested_without_end_are_read():
    html = "<ul><li>a" * 5000 + "<i>" * 5000 + "x"
    blocks = blocks_of(html)
    assert words_of(blocks) == "a" * 5000 + "x"
    assert shown(markdown_of(html)) == blocks
