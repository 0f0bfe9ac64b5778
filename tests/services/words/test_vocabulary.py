from sqlalchemy import delete, insert

from app.models import Word
from app.services.words.vocabulary import most_slips, readings


def texts(words):
    return [words.text(at) for at in range(len(words.numbers))]


def test_nothing_is_known_of_an_empty_collection(session, vocabulary):
    words = vocabulary.follow(session)
    assert texts(words) == []
    assert readings("word", words) == []


def test_only_new_words_are_fetched(collection, vocabulary):
    before = vocabulary.follow(collection)
    assert vocabulary.follow(collection) is before
    collection.execute(insert(Word).values(text="new"))
    after = vocabulary.follow(collection)
    assert texts(after) == [*texts(before), "new"]


def test_words_of_a_transaction_that_ended_late_are_not_missed(session, vocabulary):
    session.execute(insert(Word).values(id=7, text="late"))
    assert texts(vocabulary.follow(session)) == ["late"]
    session.execute(insert(Word).values(id=3, text="begun before"))
    assert texts(vocabulary.follow(session)) == ["begun before", "late"]


def test_another_database_in_its_place_is_read_anew(session, vocabulary):
    session.execute(insert(Word).values(id=7, text="old"))
    vocabulary.follow(session)
    session.execute(delete(Word))
    session.execute(insert(Word).values(id=8, text="other"))
    assert texts(vocabulary.follow(session)) == ["other"]


def test_the_nearest_words_come_first(collection, vocabulary):
    words = vocabulary.follow(collection)
    assert [one.text for one in readings("petr", words)] == ["peter"]
    assert readings("peter", words)[0].likeness == 1
    begun = readings("carava", words, unfinished=True)
    assert [one.text for one in begun] == ["caravaggio"]
    assert readings("carava", words) == []


def test_numbers_allow_no_slip():
    assert [most_slips(word) for word in ("a", "al", "anna", "peter", "1632")] == [
        *(0, 1, 1, 2, 0)
    ]
