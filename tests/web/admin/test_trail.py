"""Changes of administrators, in words."""

import pytest

from app.extensions import db
from app.services.accounts import invitations
from app.services.index.thresholds import UNSET
from app.services.site.profile import profile_of, values_of
from app.web.admin.trail import FACT_NAMES, brief
from tests.support.people import logged_in


def test_every_setting_of_the_site_and_of_the_engine_has_a_name():
    assert FACT_NAMES.keys() >= {*UNSET, *values_of(profile_of({}))}


def test_what_was_changed_is_named(app):
    admin = logged_in(app, "ada@example.org", "admin").browser
    with app.app_context():
        invitations.invite(db.session(), "eva@example.org", "curator", None)
        db.session.commit()
    page = admin.get("/admin/changes/").text
    assert "<dt>Role</dt>" in page
    assert "<dt>role</dt>" not in page


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "Yes"), (False, "No"), (["a", "b"], "a, b"), ({"en": "Hi"}, "en: Hi")],
)
def test_values_are_put_into_words(in_app, value, words):
    assert brief(value) == words
