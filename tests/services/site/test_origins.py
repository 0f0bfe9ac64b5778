"""Origins as a header names them, and nothing that would be more than one."""

import pytest

from app.services.site.origins import read_origin


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://www.museum.org", "https://www.museum.org"),
        ("https://www.museum.org/visit?a=b#c", "https://www.museum.org"),
        ("HTTPS://Museum.ORG:8443/", "https://museum.org:8443"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("https://münchen.de", "https://xn--mnchen-3ya.de"),
    ],
)
def test_an_origin_is_read_of_an_address(text, origin):
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "museum.org",
        "*",
        "https:",
        "https://*",
        "https://*.museum.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a.org;script-src *",
        "https://a.org https://b.org",
        "https://a.org,b.org",
        "https://a.org\r\nX: y",
        "https://user:password@a.org",
        "https://a.org:99999",
        "https://-a.org",
        "https://" + "a" * 400 + ".org",
        "'self'",
    ],
)
def test_what_is_no_origin_is_refused(text):
    assert read_origin(text) is None
