"""What a monthly report says, counted from searches of two months."""

from datetime import UTC, datetime

import pytest
from flask_babel import force_locale

from app.extensions import db
from app.models import Artwork, Feedback, Query, QueryMatch
from app.retrieval.verification.evidence import Verdict
from app.services.collection.labels import set_facts
from app.services.operations.monthly.months import month_of
from app.services.operations.monthly.report import LONGEST_LIST, write_report

pytestmark = pytest.mark.usefixtures("in_app")
# A Friday.
NOON = datetime(2026, 2, 13, 12, 30, tzinfo=UTC)
JANUARY = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)
MONTH = month_of(NOON.date())


def asked(verdict=Verdict.FOUND, at=NOON, works=(), **facts):
    """Record a search that found some works."""
    query = Query(
        verdict=verdict,
        created_at=at,
        probability=0.9,
        width=1,
        height=1,
        model_id="m",
        generation="g",
        matches=[
            QueryMatch(
                rank=rank,
                artwork=work,
                verdict=Verdict.FOUND,
                probability=0.9,
                inlier_count=30,
            )
            for rank, work in enumerate(works)
        ],
        **facts,
    )
    db.session.add(query)
    db.session.commit()
    return query


def work(number, title="", room=""):
    made = Artwork(accession=f"2030.{number}")
    set_facts(made, {"title": title, "location": room})
    db.session.add(made)
    return made


def sections(language="en"):
    with force_locale(language):
        return {one.title: one for one in report(language).sections}


def report(language="en"):
    with force_locale(language):
        return write_report(db.session(), MONTH, "House of Art")


def test_it_is_called_by_its_month_and_the_museum():
    assert report().title == "February 2026"
    assert "House of Art" in report().lead
    assert report("de").title == "Februar 2026"
    assert report("de").language == "de"


def test_a_month_is_compared_with_the_one_before():
    for verdict in (Verdict.FOUND, Verdict.FOUND, Verdict.FOUND, Verdict.NOT_FOUND):
        asked(verdict)
    asked(at=JANUARY)
    asked(Verdict.NOT_FOUND, at=JANUARY)
    asked(at=datetime(2026, 3, 1, tzinfo=UTC))
    searches = sections()["How many searched, and how many found?"]
    assert searches.sentence == (
        "4 searches, 2 in the month before: 2 more (+100\xa0%). A work was found in "
        "75.0\xa0% of them."
    ).replace("\xa0", " ")
    searched, found = searches.rows[:2]
    assert searched[:3] == ("Searches", "4", "2")
    assert found[:3] == ("Found", "3 (75.0 %)", "1 (50.0 %)")
    assert all(len(row) == len(searches.head) for row in searches.rows)


def test_works_and_rooms_found_most_are_named():
    hare, fox = work(1, "Hare", "Room 2"), work(2, "", "Room 1")
    asked(works=(hare,))
    asked(works=(fox, hare))
    asked(at=JANUARY, works=(fox,))
    told = sections()
    works = told["Which works are found most?"]
    assert [(row[0], row[2], row[3]) for row in works.rows] == [
        ("Hare", "2030.1", "2"),
        ("2030.2", "2030.2", "1"),  # it has no title
    ]
    assert works.sentence == "Most often Hare: 2."
    rooms = told["In which rooms are works found?"]
    assert list(rooms.rows) == [("Room 2", "2"), ("Room 1", "1")]


def test_long_lists_end():
    asked(works=[work(number) for number in range(LONGEST_LIST + 3)])
    assert len(sections()["Which works are found most?"].rows) == LONGEST_LIST


def test_what_was_missed_and_who_then_found_it_is_said():
    hare = work(1, "Hare")
    for way in ("number", "words", None):
        said = Feedback(is_right=False, artwork=hare, found_by=way, created_at=NOON)
        asked(Verdict.NOT_FOUND, feedback=said)
    asked(Verdict.NOT_FOUND)
    told = sections()
    missed = told["Which works are asked for and not found?"]
    assert [(row[0], row[-1]) for row in missed.rows] == [("Hare", "3")]
    otherwise = told["Who finds the work after “not found”?"]
    assert otherwise.sentence == "2 of 4 said that they then found it."
    assert otherwise.rows[:2] == [("Number", "1"), ("Words", "1")]


def test_hours_of_the_week_are_counted():
    asked()
    asked()
    hours = sections()["At which hours of the week do visitors ask?"]
    assert hours.week.counts[4][12] == 2
    assert sum(map(sum, hours.week.counts)) == 2
    assert hours.week.days[0] == "Monday"
    assert hours.sentence.startswith("Most often on Friday from 12:00 on: 2 searches.")


def test_a_month_without_a_search_is_told_as_such():
    told = sections()
    for title in (
        "How many searched, and how many found?",
        "At which hours of the week do visitors ask?",
    ):
        assert told[title].sentence == "Nobody searched in this month."
    assert told["Which works are found most?"].rows == []
