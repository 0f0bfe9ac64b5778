import pytest
from flask import session

from app.models import Query
from app.web.callers import visitors

AGENTS = {
    "": "program",
    "python-requests/2.32": "program",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1": "phone",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126.0 Mobile Safari": "phone",
    "Mozilla/5.0 (Linux; Android 13; SM-X700) Chrome/126.0 Safari": "tablet",
    "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) Mobile/15E148": "tablet",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Firefox/127.0": "desktop",
}


@pytest.mark.parametrize(("agent", "kind"), AGENTS.items())
def test_only_the_kind_of_device_is_kept(app, agent, kind):
    with app.test_request_context(headers={"User-Agent": agent}):
        assert visitors.device() == kind


def test_a_visitor_is_named_once_and_not_before_asking(app):
    with app.test_request_context():
        assert visitors.current_visitor() is None
        assert "visitor" not in session
        name = visitors.ensure_visitor()
        assert len(name) == 43
        assert visitors.ensure_visitor() == visitors.current_visitor() == name


def test_a_visitor_owns_what_this_session_asked_and_nothing_else(app):
    with app.test_request_context():
        assert not visitors.current_owner().owns(Query(visitor=None, user_id=None))
        mine = Query(**visitors.owner_fields())
        assert visitors.current_owner().owns(mine)
        assert not visitors.current_owner().owns(
            Query(visitor="somebody else", user_id=None)
        )
        mine.user_id = 1
        assert not visitors.current_owner().owns(mine)


def test_a_query_is_told_the_language_and_the_device(app):
    headers = {"Accept-Language": "fr-CH, fr;q=0.9", "User-Agent": "curl/8"}
    with app.test_request_context(headers=headers):
        fields = visitors.owner_fields()
    assert fields["language"] == "fr"
    assert fields["device"] == "program"
    assert fields["user_id"] is None
