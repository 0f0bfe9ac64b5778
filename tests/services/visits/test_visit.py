"""Which works belong to a visit, in which order, and to whose."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, Feedback, now
from app.retrieval.verification.evidence import Verdict
from app.services.search.history import Owner
from app.services.visits import visit
from app.services.visits.visit import (
    FullVisitError,
    Visit,
    VisitedWork,
    add,
    days_of,
    take_out,
    today,
    visit_of,
)
from tests.support.visits import found, work_of

pytestmark = pytest.mark.usefixtures("in_app")

UTC_ZONE, ROME, HAWAII = map(ZoneInfo, ("UTC", "Europe/Rome", "Pacific/Honolulu"))
ANNA, BEN = Owner(visitor="anna"), Owner(visitor="ben")
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def works_of(owner=ANNA, day=DAY, zone=UTC_ZONE):
    whole = visit_of(owner, day, zone)
    for work in db.session.scalars(select(Artwork)):
        alone = visit_of(owner, day, zone, only=work)
        assert alone.has(work) == whole.has(work)
    return [one.artwork.accession for one in whole.works]


def test_one_work_is_looked_for_in_the_searches_that_may_have_found_it():
    asked = [
        found(work_of(number), visitor="anna", created_at=NOON) for number in (0, 4)
    ]
    work, other = (query.matches[0].artwork for query in asked)
    db.session.expire_all()
    alone = visit_of(ANNA, DAY, UTC_ZONE, only=work)
    assert [one.artwork for one in alone.works] == [work]
    assert alone.works[0].query_id == asked[0].id
    assert not alone.has(other)


def test_what_was_found_is_in_the_visit_once_in_order_of_time():
    found(work_of(3), visitor="anna", created_at=NOON + timedelta(hours=1))
    found(work_of(0), work_of(4), visitor="anna", created_at=NOON)
    found(work_of(3), visitor="anna", created_at=NOON + timedelta(hours=2))
    assert works_of() == ["1900.0", "1900.4", "1900.3"]
    last = visit_of(ANNA, DAY, UTC_ZONE).works[-1]
    assert last.seen_at == NOON + timedelta(hours=1)


def test_nobody_has_anothers_visit():
    found(work_of(0), visitor="anna", created_at=NOON)
    assert works_of(BEN) == works_of(Owner()) == works_of(Owner(user_id=1)) == []


@pytest.mark.parametrize("verdict", [Verdict.UNCERTAIN, Verdict.NOT_FOUND])
def test_what_is_not_certain_is_not_in_it(verdict):
    found(work_of(0), verdict=verdict, visitor="anna", created_at=NOON)
    assert works_of() == []


def test_what_its_owner_says_counts():
    wrong = found(work_of(0), visitor="anna", created_at=NOON)
    wrong.feedback = Feedback(is_right=False, artwork=work_of(5), found_by="words")
    refused = found(work_of(1), visitor="anna", created_at=NOON)
    refused.feedback = Feedback(is_right=False)
    perhaps = found(
        work_of(2), verdict=Verdict.UNCERTAIN, visitor="anna", created_at=NOON
    )
    perhaps.feedback = Feedback(is_right=True, artwork=work_of(2))
    db.session.commit()
    assert sorted(works_of()) == ["1900.2", "1900.5"]


def test_a_label_that_was_read_for_sure_counts_and_a_doubtful_one_does_not():
    works: list[dict[str, object]] = [
        {"accession": f"1900.{number}", "sure": sure, "signs": [], "outline": None}
        for number, sure in ((2, True), (3, False))
    ]
    found(
        verdict=Verdict.NOT_FOUND,
        visitor="anna",
        created_at=NOON,
        reading={"works": works, "lines": []},
    )
    assert works_of() == ["1900.2"]


def test_a_withdrawn_work_is_left_out():
    found(work_of(0), work_of(4), visitor="anna", created_at=NOON)
    work_of(0).withdrawn_at = now()
    db.session.commit()
    assert works_of() == ["1900.4"]


def test_a_day_is_one_of_the_museum():
    found(work_of(0), visitor="anna", created_at=datetime(2026, 11, 21, 2, tzinfo=UTC))
    assert works_of(zone=HAWAII) == ["1900.0"]
    assert works_of(zone=ROME) == []
    assert works_of(day=DAY + timedelta(days=1), zone=ROME) == ["1900.0"]
    assert days_of(ANNA, HAWAII) == [DAY]


def test_days_begin_and_end_by_the_clock_in_summer_and_winter():
    begin, end = visit.bounds(date(2026, 10, 25), ROME)
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=25)


def test_days_are_listed_from_the_latest():
    for days in (0, 3, 1):
        found(work_of(0), visitor="anna", created_at=NOON - timedelta(days=days))
    found(verdict=Verdict.NOT_FOUND, visitor="anna", created_at=NOON - timedelta(9))
    add(ANNA, DAY - timedelta(days=2), work_of(1), UTC_ZONE)
    assert days_of(ANNA, UTC_ZONE) == [DAY - timedelta(days=n) for n in range(4)]


def test_works_are_added_by_hand_and_taken_out_again():
    add(ANNA, DAY, work_of(6), UTC_ZONE)
    add(ANNA, DAY, work_of(6), UTC_ZONE)
    assert works_of() == ["1900.6"]
    assert works_of(BEN) == []
    take_out(ANNA, DAY, work_of(6), UTC_ZONE)
    assert works_of() == []
    assert days_of(ANNA, UTC_ZONE) == []


def test_what_was_found_can_be_taken_out_and_brought_back():
    query = found(work_of(0), visitor="anna", created_at=NOON)
    take_out(ANNA, DAY, work_of(0), UTC_ZONE)
    take_out(ANNA, DAY, work_of(0), UTC_ZONE)
    assert works_of() == []
    add(ANNA, DAY, work_of(0), UTC_ZONE)
    [one] = visit_of(ANNA, DAY, UTC_ZONE).works
    assert one.query_id == query.id


def test_a_visit_has_so_many_works_and_says_so(monkeypatch):
    monkeypatch.setattr(visit, "MOST_WORKS", 2)
    for number in range(2):
        add(ANNA, DAY, work_of(number), UTC_ZONE)
    with pytest.raises(FullVisitError):
        add(ANNA, DAY, work_of(2), UTC_ZONE)
    assert not visit_of(ANNA, DAY, UTC_ZONE).is_cut
    found(work_of(3), visitor="anna", created_at=NOON)
    cut = visit_of(ANNA, DAY, UTC_ZONE)
    assert (len(cut.works), cut.is_cut) == (2, True)


def test_rooms_come_in_natural_order_and_unknown_ones_last():
    places = ["Room 10", "", "Room 2", "Room 10"]
    works = [
        VisitedWork(Artwork(id=n, accession=str(n), location=place), NOON)
        for n, place in enumerate(places)
    ]
    rooms = Visit(DAY, works).rooms()
    assert [(room, [one.artwork.id for one in seen]) for room, seen in rooms] == [
        *(("Room 2", [2]), ("Room 10", [0, 3]), ("", [1]))
    ]


def test_today_is_the_museums():
    assert today(ROME) == now().astimezone(ROME).date()
