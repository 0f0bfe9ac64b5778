import re
from datetime import timedelta

import pytest
import time_machine

from app.models import now
from tests.support.people import Person

PAGES = {
    "/account/login": ["current-password"],
    "/account/register": ["new-password", "new-password"],
}


@pytest.fixture
def joined(app):
    """Return a function that makes an account with a password and logs it out again."""

    def join(password):
        person = Person(app, password=password)
        person.register()
        person.follow(person.mailed_link())
        person.log_out()
        return person

    return join


@pytest.mark.parametrize(("address", "kinds"), PAGES.items())
def test_passwords_are_masked_and_known_to_managers(client, address, kinds):
    page = client.get(address).text
    inputs = re.findall("<input[^>]*>", page)
    fields = [field for field in inputs if 'name="password' in field]
    assert len(fields) == len(kinds)
    for field, kind in zip(fields, kinds, strict=True):
        assert 'type="password"' in field
        assert f'autocomplete="{kind}"' in field


@pytest.mark.parametrize(
    "password", ["Käse & Brot 世界 🖼️", "Never " * 10 + "mind", "a b c d e f"]
)
def test_any_characters_make_a_password_and_every_one_counts(joined, password):
    person = joined(password)
    for wrong in (password[:-1], password + "x", password.swapcase()):
        person.log_in(password=wrong)
        assert not person.is_logged_in
    person.log_in()
    assert person.is_logged_in


def test_a_password_does_not_grow_old(joined):
    person = joined("correct horse battery")
    with time_machine.travel(now() + timedelta(days=3650), tick=False):
        person.log_in()
        assert person.is_logged_in
