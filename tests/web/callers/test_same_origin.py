"""Forms without a token are taken from pages of this origin only."""

import pytest

from app.web.callers.same_origin import ForeignFormError, refuse_foreign_forms

OWN = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://museum.org"},
    {"Origin": "https://museum.org"},
]
FOREIGN = [
    {},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://museum.org"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://museum.org"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://museum.org.evil.example"},
    {"Origin": "https://museum.org:8443"},
    {"Origin": "null"},
    {"Referer": "https://museum.org/"},
]


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_own_pages_are_believed(app, headers):
    with app.test_request_context(base_url="https://museum.org", headers=headers):
        refuse_foreign_forms()


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_other_sites_are_refused_and_so_is_who_does_not_say(app, headers):
    with (
        app.test_request_context(base_url="https://museum.org", headers=headers),
        pytest.raises(ForeignFormError),
    ):
        refuse_foreign_forms()
