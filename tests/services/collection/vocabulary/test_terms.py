import threading
from contextlib import suppress

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Artwork, AuditEntry, TermCode
from app.services.collection.vocabulary import terms
from app.services.collection.vocabulary.codes import CodeFormError
from app.services.collection.vocabulary.terms import (
    Lacking,
    TermChangedError,
    find_term,
    list_terms,
    shared_codes,
    state_codes,
    take_back,
)
from tests.support.waiting import WAIT_SECONDS


@pytest.fixture
def works(in_app):
    for work in db.session.query(Artwork):
        db.session.delete(work)
    artists = ["Dürer", "Dürer", "Duerer", "Bosch"]
    for number, artist in enumerate(artists):
        details = {"artist_ulan": "500115493"} if number == 1 else {}
        db.session.add(Artwork(accession=f"t{number}", artist=artist, details=details))
    db.session.commit()
    return db.session()


def texts(page):
    assert page is not None
    return [(term.text, term.works) for term in page.entries]


def there(found):
    assert found is not None
    return found


def stated(session, text, **given):
    return state_codes(session, None, "artist", text, given)


def test_terms_are_counted_filtered_and_tell_what_works_state(works):
    page = there(list_terms(works, "artist"))
    assert texts(page) == [("Dürer", 2), ("Bosch", 1), ("Duerer", 1)]
    assert page.entries[0].stated == {"ulan": {"500115493": 1}}
    assert texts(list_terms(works, "artist", text="durer")) == [("Dürer", 2)]
    stated(works, "Bosch", ulan="500025218")
    assert texts(list_terms(works, "artist", lacking=Lacking.CODED)) == [("Bosch", 1)]
    none = list_terms(works, "artist", lacking=Lacking.NONE)
    assert texts(none) == [("Dürer", 2), ("Duerer", 1)]


def test_terms_that_share_a_code_are_found(works):
    stated(works, "Dürer", ulan="500115493", wikidata="Q5580")
    stated(works, "Duerer", ulan="500115493", wikidata="Q5580")
    stated(works, "Bosch", ulan="500025218")
    [shared] = shared_codes(works, "artist")
    assert [term.text for term in shared.terms] == ["Dürer", "Duerer"]
    works.query(Artwork).filter_by(artist="Duerer").delete()
    works.commit()
    assert shared_codes(works, "artist") == []


def test_codes_are_stated_with_a_trail_and_taken_back(works):
    first = stated(works, "Dürer", ulan="http://vocab.getty.edu/ulan/500115493")
    assert there(find_term(works, "artist", "Dürer")).codes == {"ulan": "500115493"}
    assert stated(works, "Dürer", ulan="500115493") is None
    second = stated(works, "Dürer", wikidata="Q5580")
    with pytest.raises(TermChangedError):
        take_back(works, first, None)
    take_back(works, second, None)
    assert there(find_term(works, "artist", "Dürer")).codes == {"ulan": "500115493"}
    with pytest.raises(TermChangedError):
        take_back(works, second, None)
    assert len(works.scalars(select(AuditEntry)).all()) == 3


def test_a_wrong_code_leaves_all_as_it_was(works):
    stated(works, "Dürer", ulan="500115493")
    with pytest.raises(CodeFormError):
        stated(works, "Dürer", ulan="500115493", wikidata="Dürer")
    assert works.scalars(select(TermCode.code)).all() == ["500115493"]


def test_who_saw_other_codes_is_refused(works):
    seen = there(find_term(works, "artist", "Dürer")).seen
    stated(works, "Dürer", ulan="500115493")
    with pytest.raises(TermChangedError):
        state_codes(works, None, "artist", "Dürer", {"wikidata": "Q5580"}, seen=seen)


def test_of_two_who_state_codes_at_the_same_moment_one_is_refused(works, monkeypatch):
    both, write = threading.Barrier(2), terms._write
    refused: list[str] = []

    def at_the_same_moment(*arguments):
        with suppress(threading.BrokenBarrierError):
            both.wait(1.0)
        return write(*arguments)

    def state(code):
        with Session(engine) as session:
            try:
                given = {"ulan": code}
                state_codes(session, None, "artist", "Dürer", given, seen="")
            except TermChangedError:
                refused.append(code)

    engine = db.engine
    monkeypatch.setattr(terms, "_write", at_the_same_moment)
    codes = ["500115493", "500025218"]
    asking = [threading.Thread(target=state, args=(code,)) for code in codes]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(WAIT_SECONDS)
    [kept] = works.scalars(select(TermCode.code))
    assert sorted([kept, *refused]) == sorted(codes)


def test_only_terms_in_use_are_found(works):
    assert find_term(works, "artist", "Nobody") is None
    assert find_term(works, "artist", "") is None
    assert find_term(works, "artist", "x" * 300) is None
