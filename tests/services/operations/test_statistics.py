from datetime import UTC, date, datetime, timedelta

import pytest

from app.models import Artwork, Feedback, Query, QueryMatch, User
from app.retrieval.verification.evidence import Verdict
from app.services.operations.statistics import Period, Statistics, first_day
from app.services.search.grouping import group_alike

NOON = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
WEEK = Period(date(2026, 3, 9), date(2026, 3, 15))
FOUND, UNCERTAIN, NOT_FOUND = Verdict


def query(verdict=FOUND, at=NOON, **facts):
    needed = {"probability": 0.9, "width": 1, "height": 1, "model_id": "m"}
    return Query(verdict=verdict, created_at=at, generation="g", **{**needed, **facts})


@pytest.fixture
def week(session):
    """Return a function that records searches and counts those of the week."""

    def count(*queries):
        session.add_all(queries)
        session.commit()
        return Statistics(session, WEEK)

    return count


def test_the_first_and_the_last_moment_of_a_period_are_in_it(week):
    last = datetime(2026, 3, 15, 23, 59, 59, tzinfo=UTC)
    counted = week(
        query(at=WEEK.begin),
        query(at=last),
        query(at=WEEK.begin - timedelta(seconds=1)),
        query(at=WEEK.end),
    )
    assert counted.by_verdict() == {FOUND: 2, UNCERTAIN: 0, NOT_FOUND: 0}


def test_days_without_a_search_are_there(week):
    days = week(query(), query(NOT_FOUND)).by_day()
    assert list(days) == list(WEEK.buckets())
    assert len(days) == 7
    assert days[NOON.date()] == {FOUND: 1, NOT_FOUND: 1}
    assert not days[date(2026, 3, 11)]


def test_hours_are_those_of_the_day(week):
    hours = week(query(), query(at=NOON + timedelta(days=1))).by_hour()
    assert hours[12] == {FOUND: 2}
    assert sum(sum(counts.values()) for counts in hours.values()) == 2


def test_long_periods_are_counted_by_months(session):
    year = Period(date(2025, 11, 20), date(2026, 11, 19))
    session.add_all([query(), query(at=NOON + timedelta(days=3))])
    session.commit()
    months = Statistics(session, year).by_day()
    assert list(months)[:2] == [date(2025, 11, 1), date(2025, 12, 1)]
    assert len(months) == 13
    assert months[date(2026, 3, 1)] == {FOUND: 2}


def test_languages_and_devices_are_counted(week):
    counted = week(
        query(language="de", device="phone"),
        query(language="de", device="tablet"),
        query(),
    )
    assert counted.by_language() == [("de", 2), ("", 1)]
    assert dict(counted.by_device()) == {"phone": 1, "tablet": 1, "": 1}


def test_what_visitors_said_is_counted_by_answer(week):
    def said(right):
        return Feedback(is_right=right, created_at=NOON)

    counted = week(
        query(feedback=said(True)),
        query(feedback=said(False)),
        query(NOT_FOUND, feedback=said(True)),
        query(),
    )
    assert counted.judged() == {FOUND: (1, 1), UNCERTAIN: (0, 0), NOT_FOUND: (1, 0)}


def test_works_found_without_the_answer_are_counted_by_how(week):
    def found(way, verdict):
        said = Feedback(is_right=False, found_by=way, created_at=NOON)
        return query(verdict, feedback=said)

    counted = week(
        found("words", NOT_FOUND),
        found("words", NOT_FOUND),
        found("room", UNCERTAIN),
        query(feedback=Feedback(is_right=False, created_at=NOON)),
    )
    assert counted.found_otherwise == {
        "words": {FOUND: 0, UNCERTAIN: 0, NOT_FOUND: 2},
        "room": {FOUND: 0, UNCERTAIN: 1, NOT_FOUND: 0},
    }


def test_the_works_found_most_come_first(session, week):
    works = [Artwork(accession=str(number)) for number in range(3)]
    session.add_all(works)

    def named(work, verdict=FOUND):
        facts = {"probability": 0.9, "similarity": 0.5, "inlier_count": 9}
        return QueryMatch(rank=0, artwork=work, verdict=verdict, **facts)

    counted = week(
        query(matches=[named(works[1])]),
        query(matches=[named(works[1])]),
        query(matches=[named(works[2])]),
        query(UNCERTAIN, matches=[named(works[0], UNCERTAIN)]),
    )
    assert counted.most_found() == [(works[1], 2), (works[2], 1)]


def test_percentiles_are_of_the_whole_and_of_each_stage(week):
    times = [float(number) for number in range(1, 101)]
    counted = week(
        *(query(total_ms=t, timings_ms={"verify": t / 2, "total": t}) for t in times)
    )
    whole, verify = counted.latencies()
    assert (whole.stage, whole.searches) == ("total", 100)
    assert whole.percentiles[0] == pytest.approx(50.5)
    assert verify.percentiles[2] == pytest.approx(47.5, abs=0.1)


def test_nothing_asked_is_no_fault(week):
    counted = week()
    assert counted.latencies() == []
    assert counted.most_found() == []


def test_new_accounts_are_counted(session, week):
    session.add(User(email="a", fs_uniquifier="a", created_at=NOON))
    assert week().registrations()[NOON.date()] == 1


def test_the_first_day_is_known(session, week):
    assert first_day(session) is None
    week(query(), query(at=NOON - timedelta(days=400)))
    assert first_day(session) == date(2025, 2, 3)


def like(*accessions):
    return query(similar=[[accession, 0.5] for accession in accessions])


def test_photos_that_look_like_the_same_works_hang_together():
    a, b, c, d = like(1, 2, 3), like(7, 8), like(2, 3, 4), like()
    assert group_alike([a, b, c, d]) == [[a, c], [b], [d]]


def test_a_chain_of_likeness_does_not_make_one_group():
    a, b, c = like(1, 2, 3), like(2, 3, 4), like(3, 4, 5)
    assert group_alike([a, b, c]) == [[a, b], [c]]


def test_the_busiest_hour_of_the_week_is_the_first_of_several(week):
    later = NOON + timedelta(days=5)
    assert week().busiest_hour() is None
    counted = week(query(), query(at=later), query(at=later))
    assert counted.busiest_hour() == (later.weekday(), later.hour, 2)
    after = later + timedelta(hours=1)
    even = week(query(at=after), query(at=after))
    assert even.busiest_hour() == (later.weekday(), later.hour, 2)


def test_weekdays_and_their_hours_are_counted(week):
    counts = week(query(), query(at=NOON + timedelta(days=5))).by_weekday()
    assert counts[1][12] == counts[6][12] == 1  # a Tuesday and a Sunday
    assert sum(map(sum, counts)) == 2


def test_the_period_before_is_as_long_and_ends_where_this_one_begins():
    assert WEEK.before == Period(date(2026, 3, 2), date(2026, 3, 8))


def test_works_that_were_named_after_nothing_was_found_are_missed(week, session):
    hare, fox = Artwork(accession="1"), Artwork(accession="2")
    session.add_all([hare, fox])
    session.flush()

    def named(work, verdict=NOT_FOUND, at=NOON):
        said = Feedback(is_right=False, artwork=work, created_at=at)
        return query(verdict, at, feedback=said)

    counted = week(
        *(named(fox), named(fox), named(hare), named(hare, UNCERTAIN)),
        named(hare, at=WEEK.end),
        query(NOT_FOUND),
    )
    assert counted.missed() == [(fox, 2), (hare, 1)]


def test_rooms_are_counted_by_what_is_found_in_them(week, session):
    works = [
        Artwork(accession="1", location="Room 2"),
        Artwork(accession="2", location="Room 2"),
        Artwork(accession="3", location="Room 1"),
        Artwork(accession="4"),
    ]
    session.add_all(works)
    asked = [query() for _ in works] + [query(UNCERTAIN)]
    for one, work in zip(asked, [*works, works[2]], strict=True):
        one.matches = [
            QueryMatch(
                artwork=work, rank=0, verdict=one.verdict, probability=1, inlier_count=9
            )
        ]
    assert week(*asked).rooms() == [("Room 2", 2), ("Room 1", 1)]
