"""Links to visits: whom they show what, and until when."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from app.models import now
from app.services.search.history import Owner
from app.services.visits import links
from app.services.visits.visit import take_out
from tests.support.visits import found, work_of

pytestmark = pytest.mark.usefixtures("in_app")

ZONE = ZoneInfo("UTC")
ANNA, BEN = Owner(visitor="anna"), Owner(visitor="ben")


@pytest.fixture
def day():
    query = found(work_of(0), visitor="anna")
    found(work_of(1), visitor="ben")
    return query.created_at.date()


def shown(token):
    visit = links.shared_visit(token, ZONE)
    return visit and [one.artwork.accession for one in visit.works]


def test_a_link_shows_that_visit_as_it_is_then(day):
    link = links.share(ANNA, day, now() + timedelta(days=1))
    assert len(link.token) == 43
    assert links.share(ANNA, day, now()).token == link.token
    assert shown(link.token) == ["1900.0"]
    take_out(ANNA, day, work_of(0), ZONE)
    assert shown(link.token) == []


def test_it_ends_when_it_says(day):
    link = links.share(ANNA, day, now() + timedelta(days=1))
    with time_machine.travel(now() + timedelta(hours=23)):
        assert shown(link.token)
    with time_machine.travel(now() + timedelta(hours=25)):
        assert shown(link.token) is None
        assert links.link_to(ANNA, day) is None
        fresh = links.share(ANNA, day, now() + timedelta(days=1))
        assert fresh.token != link.token


def test_it_is_taken_back_by_its_owner_alone(day):
    link = links.share(ANNA, day, now() + timedelta(days=1))
    links.take_back(BEN, day)
    assert shown(link.token)
    links.take_back(ANNA, day)
    assert shown(link.token) is None


def test_a_guess_shows_nothing(day):
    links.share(ANNA, day, now() + timedelta(days=1))
    assert shown("") is shown("x" * 43) is None


def test_it_lives_no_longer_than_what_it_shows():
    with time_machine.travel(datetime(2026, 5, 20, 12, tzinfo=UTC), tick=False):
        ends = links.expiry_of(date(2026, 5, 18), 7, ZONE)
        assert ends == datetime(2026, 5, 25, tzinfo=UTC)
        longest = links.expiry_of(date(2026, 5, 20), 365, ZONE)
        assert longest == now() + timedelta(days=links.LINK_DAYS)
