import pytest

from app.extensions import db
from app.models import AuditEntry, Query
from app.retrieval.verification.decision import Thresholds
from app.retrieval.verification.evidence import Verdict
from app.services.index import thresholds
from app.web.shell.current import search_service
from tests.support.fakes import fake_decision

LEARNT = fake_decision().thresholds


@pytest.fixture
def verdict(in_app, photo):
    """Return a function that asks, and says what was answered."""
    return lambda: search_service().search(photo).verdict


def store(wanted, model_id="fake"):
    thresholds.store(db.session(), wanted, model_id, before=LEARNT, user=None)


def test_the_very_next_search_obeys(verdict):
    assert verdict() is Verdict.FOUND
    store(Thresholds(1.0, 0.3))
    assert verdict() is Verdict.UNCERTAIN
    store(Thresholds(1.0, 1.0))
    assert verdict() is Verdict.NOT_FOUND
    store(None)
    assert verdict() is Verdict.FOUND


def test_matches_obey_as_the_answer_does(in_app, photo):
    store(Thresholds(1.0, 0.3))
    query = search_service().search(photo)
    assert {match.verdict for match in query.matches} == {Verdict.UNCERTAIN}
    assert isinstance(query, Query)


def test_another_process_obeys_as_well(make_app, photo, searcher):
    first, second = make_app(), make_app()
    with second.app_context():
        assert search_service().search(photo).verdict is Verdict.FOUND
    with first.app_context():
        store(Thresholds(1.0, 0.3))
    with second.app_context():
        assert search_service().search(photo).verdict is Verdict.UNCERTAIN
        store(None)


def test_thresholds_of_another_model_are_passed_over(verdict):
    store(Thresholds(1.0, 1.0), "another")
    assert thresholds.stored(db.session(), "fake") is None
    assert verdict() is Verdict.FOUND


def test_setting_and_going_back_are_written_down(in_app):
    store(Thresholds(0.9, 0.2))
    store(None)
    entries = db.session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [entry.action for entry in entries] == ["thresholds"] * 2
    assert entries[0].before == {"found": LEARNT.found, "uncertain": LEARNT.uncertain}
    assert entries[0].after == {"found": 0.9, "uncertain": 0.2}


def test_going_back_to_what_is_so_already_does_no_harm(in_app):
    store(None)
    assert thresholds.stored(db.session(), "fake") is None
